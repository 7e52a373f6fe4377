using PhoneAgent.Telephony.Sip.Digest;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>A request that is sent again with credentials when it is challenged (RFC 3261 §22.2, §22.3).</summary>
internal sealed class DigestExchange : IClientExchange
{
    private const int MaxRounds = 3;

    private readonly ISignalling _signalling;
    private readonly SipUri _nextHop;
    private readonly SipSource? _peer;
    private readonly DigestClient? _credentials;
    private readonly Func<uint> _nextSequence;
    private readonly Action<SipResponse> _onResponse;
    private IClientExchange? _current;
    private int _rounds;
    private bool _isCancelled;

    private DigestExchange(ISignalling signalling, SipUri nextHop, SipSource? peer, DigestClient? credentials,
        Func<uint> nextSequence, Action<SipResponse> onResponse) =>
        (_signalling, _nextHop, _peer, _credentials, _nextSequence, _onResponse) = (signalling, nextHop, peer, credentials, nextSequence, onResponse);

    /// <param name="account">Whose credentials answer a challenge; null: a challenge is a refusal.</param>
    /// <param name="nextSequence">The CSeq of a repetition.</param>
    /// <param name="onResponse">As of <see cref="ISignalling.Send"/>, without the challenges that were answered.</param>
    internal static IClientExchange Send(ISignalling signalling, SipRequest request, SipUri nextHop, SipSource? peer,
        SipAccountOptions? account, Func<uint> nextSequence, Action<SipResponse> onResponse)
    {
        var exchange = new DigestExchange(signalling, nextHop, peer, signalling.CredentialsOf(account), nextSequence, onResponse);
        exchange._credentials?.Authorize(request);
        exchange.Send(request);
        return exchange;
    }

    public void Cancel()
    {
        _isCancelled = true;
        _current?.Cancel();
    }

    private void Send(SipRequest request)
    {
        _current = _signalling.Send(request, _nextHop, _peer, response => OnResponse(request, response));
        if (_isCancelled)
            _current.Cancel();
    }

    private void OnResponse(SipRequest request, SipResponse response)
    {
        if (response.StatusCode is 401 or 407 && _credentials is not null && !_isCancelled && _rounds++ < MaxRounds)
        {
            var again = request.Clone();
            if (_credentials.Answer(again, response) == DigestClientResult.Authorized)
            {
                again.CSeq = new SipCSeq(_nextSequence(), request.Method);
                Send(again);
                return;
            }
        }
        _onResponse(response);
    }
}
