using System.Net;
using PhoneAgent.Telephony.Sip.Messages;
using SIPSorcery.Net;
using SIPSorcery.SIP;
using SIPSorcery.SIP.App;
using SIPSorceryMedia.Abstractions;

namespace PhoneAgent.Telephony.SipSorcery;

/// <summary>
/// Our media engine as SIPSorcery sees it. Session descriptions go through as text: what the library parses and writes anew
/// would not be what our offer/answer agreed on. The lock is the session's, because library and dialog come on different threads.
/// </summary>
internal sealed class OurMediaSession(ICallMedia media, Lock gate) : IMediaSession
{
    private string? _taken;
    private string? _answer;
    private bool _hasOffered;

    /// <summary>Whether a description of the peer holds.</summary>
    internal bool IsAgreed => _taken is not null;

    /// <summary>Why the last description was refused.</summary>
    internal SdpOutcome? Refusal { get; private set; }

    public bool HasText => false;

    public bool HasAudio => true;

    public bool HasVideo => false;

    public bool IsClosed { get; private set; }

    public SDP? RemoteDescription { get; private set; }

    public IPAddress RtpBindAddress => IPAddress.Any;

    // Keys, lost media and closing are told by ICallMedia.Events.
    public event Action<string>? OnRtpClosed { add { } remove { } }

    public event Action<IPEndPoint, RTPEvent, RTPHeader>? OnRtpEvent { add { } remove { } }

    public event Action<SDPMediaTypesEnum>? OnTimeout { add { } remove { } }

    /// <summary>
    /// A description that the library's parser throws at would end the process: its handler of a 2xx to INVITE is async void and catches
    /// nothing. Without a description the library ends the call with BYE.
    /// </summary>
    internal static void DropUnreadable(SIPResponse response)
    {
        if (response.Header.CSeqMethod != SIPMethodsEnum.INVITE || response.Body is not { } sdp)
            return;
        try
        {
            SDP.ParseSDPDescription(sdp);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            response.Body = null;
        }
    }

    /// <summary>Takes the offer of an INVITE before the library looks at it, so that a refusal can say 488 and why.</summary>
    internal bool TryTakeOffer(string sdp) => Take(sdp, isOffer: true);

    public SDP CreateOffer(IPAddress? connectionAddress = null)
    {
        lock (gate)
        {
            _hasOffered = true;
            return new Verbatim(media.CreateOffer(MediaDirection.SendRecv));
        }
    }

    public SetDescriptionResultEnum SetRemoteDescription(SdpType sdpType, SDP? sessionDescription)
    {
        // After an offer of ours in a 2xx the library calls the answer in the ACK an offer.
        // An ACK without an answer comes as null.
        var accepted = sessionDescription is not null && Take(sessionDescription.RawString(), isOffer: sdpType == SdpType.offer && !_hasOffered);
        if (accepted)
            RemoteDescription = sessionDescription;
        return accepted ? SetDescriptionResultEnum.OK : SetDescriptionResultEnum.AudioIncompatible;
    }

    public SDP CreateAnswer(IPAddress? connectionAddress = null) => new Verbatim(_answer ?? "");

    public Task Start()
    {
        lock (gate)
            if (!IsClosed)
                media.Start();
        return Task.CompletedTask;
    }

    public void SetMediaStreamStatus(SDPMediaTypesEnum kind, MediaStreamStatusEnum status)
    {
        // Hold is an offer of ours: see SorceryLeg.
    }

    public Task SendDtmf(byte tone, CancellationToken ct) => media.SendDtmfAsync("0123456789*#ABCD"[tone & 15].ToString(), ct);

    /// <summary>The dialog is over; the media may go on under another one, so its owner disposes it.</summary>
    public void Close(string reason) => IsClosed = true;

    private bool Take(string sdp, bool isOffer)
    {
        lock (gate)
        {
            if (sdp == _taken)
                return true;
            var outcome = isOffer ? media.AcceptOffer(sdp) : media.AcceptAnswer(sdp);
            // A 2xx that describes anew what an 18x has settled is not an answer any more (RFC 3264 §4): the first one holds.
            if (!outcome.IsAccepted && !isOffer && _taken is not null)
                return true;
            Refusal = outcome.IsAccepted ? null : outcome;
            if (!outcome.IsAccepted)
                return false;
            _taken = sdp;
            if (isOffer)
                _answer = outcome.Sdp;
            return true;
        }
    }

    /// <summary>A description that the library sends as it is.</summary>
    private sealed class Verbatim(string text) : SDP
    {
        public override string ToString() => text;
    }
}
