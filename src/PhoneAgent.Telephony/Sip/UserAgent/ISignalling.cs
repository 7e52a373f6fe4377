using System.Net;
using PhoneAgent.Telephony.Sip.Digest;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;

namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>What the parts of the user agent share: the layers below, the clock, the table of dialogs. Used on the SIP loop only.</summary>
internal interface ISignalling
{
    SipOptions Options { get; }

    TimeProvider Time { get; }

    Random Random { get; }

    ICallMediaFactory Media { get; }

    /// <summary>What answers challenges to an account; null for none.</summary>
    DigestClient? CredentialsOf(SipAccountOptions? account);

    /// <summary>Runs an action on the loop after a time, unless disposed before.</summary>
    SipTimer After(TimeSpan delay, Action action);

    /// <summary>
    /// Sends a request in a client transaction. Every response arrives at <paramref name="onResponse"/>, retransmitted and
    /// forked 2xx to an INVITE included; a time-out arrives as 408 and a dead transport as 503 (RFC 3261 §8.1.3.1).
    /// </summary>
    /// <param name="nextHop">The first Route, or the Request-URI without one (RFC 3261 §8.1.2).</param>
    /// <param name="peer">Where the peer's own request came from, to find the way back through its NAT; null when it sent none.</param>
    IClientExchange Send(SipRequest request, SipUri nextHop, SipSource? peer, Action<SipResponse> onResponse);

    /// <summary>
    /// Finds the way to a next hop, and with it what our side of that way is called. Null when there is none.
    /// </summary>
    void Locate(SipUri nextHop, Action<LocalSide?> onFound);

    /// <summary>Our side of the way that a request came.</summary>
    LocalSide LocalSideOf(SipSource source);

    /// <summary>Sends the ACK of a 2xx, which is no transaction. The branch tells whether it is a new one.</summary>
    void SendAck(SipRequest ack, string branch, SipUri nextHop, SipSource? peer);

    /// <summary>Requests of that dialog go to <paramref name="user"/> from now on.</summary>
    void Register(DialogId dialog, IDialogUser user);

    /// <summary>Ends that, unless somebody else has registered since.</summary>
    void Unregister(DialogId dialog, IDialogUser user);
}

/// <summary>Takes the requests of a dialog.</summary>
internal interface IDialogUser
{
    void OnRequest(SipServerTransaction transaction, SipRequest request);

    void OnAck(SipRequest ack);
}

/// <summary>A request that is under way.</summary>
internal interface IClientExchange
{
    /// <summary>Sends CANCEL for an INVITE that has had a provisional response (RFC 3261 §9.1).</summary>
    void Cancel();
}

/// <summary>What we are called on the way to a peer.</summary>
/// <param name="Transport">As in the transport parameter of a URI.</param>
/// <param name="Host">For URIs, IPv6 in brackets.</param>
/// <param name="MediaAddress">The address of our own interface, where media binds.</param>
/// <param name="AdvertisedAddress">What to put into c= when it differs.</param>
internal sealed record LocalSide(SipTransportKind Transport, string Host, int Port, IPAddress MediaAddress, IPAddress? AdvertisedAddress)
{
    /// <summary>A Contact that leads back to us.</summary>
    internal string Contact(string user) => new SipNameAddress(SipUri.Create(user, Host, Port) with
    {
        Parameters = Transport == SipTransportKind.Udp ? SipParameters.Empty : SipParameters.Empty.With("transport", Transport.UriName()),
    }).ToString();
}
