using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Registration;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.Testing.Contracts.Sip;

/// <summary>Who may call, who we are to others, and the registration with a registrar.</summary>
public abstract class SipCredentialsContract : SipUserAgentContract
{
    private const string Challenge = "Digest realm=\"test\", nonce=\"abc\", algorithm=MD5, qop=\"auth\"";

    private static SipInboundOptions Alice => new() { Callers = [new() { User = "alice", Password = "secret" }] };

    private static SipAccountOptions Account(string password = "secret") =>
        new() { User = "alice", Domain = "127.0.0.1", Password = password, Register = false };

    [ContractFact]
    public virtual async Task A_caller_with_the_password_is_let_in_and_nobody_else()
    {
        var mine = await MineAsync(options => options with { Inbound = Alice });
        var stranger = await TheirsAsync();
        var liar = await TheirsAsync(options => options with { Accounts = [Account("guess")] });
        var alice = await TheirsAsync(options => options with { Accounts = [Account()] });

        Assert.Equal(401, (await FailsAsync(stranger, new PlaceCallRequest(mine.Uri("desk")))).StatusCode);
        Assert.Equal(401, (await FailsAsync(liar, new PlaceCallRequest(mine.Uri("desk")))).StatusCode);
        var (here, _) = await InboundAsync(mine, alice);
        Assert.Equal("alice", here.Info.RemoteParty);
    }

    [ContractFact]
    public virtual async Task Nothing_rings_before_the_password()
    {
        var mine = await MineAsync(options => options with { Inbound = Alice });
        var peer = Peer();
        await peer.RequestAsync(mine.Port(), "INVITE", "unproven", 1, body: SipPeer.Sdp);

        var first = await peer.NextAsync(_ => true, Soon);

        Assert.Equal(401, Assert.IsType<SipResponse>(first).StatusCode);
        Assert.False(mine.Line.Incoming.TryRead(out _));
        await NothingLeftAsync(mine);
    }

    [ContractFact]
    public virtual async Task A_network_that_is_not_allowed_is_forbidden()
    {
        var mine = await MineAsync(options => options with { Inbound = new() { Allow = ["192.0.2.0/24"] } });
        Assert.Equal(403, (await FailsAsync(await TheirsAsync(), new PlaceCallRequest(mine.Uri("desk")))).StatusCode);
    }

    [ContractFact]
    public virtual async Task Our_own_password_opens_the_door_and_a_wrong_one_does_not()
    {
        var theirs = await TheirsAsync(options => options with { Inbound = Alice with { Algorithms = ["MD5"] } });
        var mine = await MineAsync(options => options with { Accounts = [Account()] });
        var wrong = await MineAsync(options => options with { Accounts = [Account("guess")] });

        Assert.Equal(CallEndCause.Unauthorized, (await FailsAsync(wrong, new PlaceCallRequest(theirs.Uri("bob")))).Cause);
        var (here, there) = await OutboundAsync(mine, theirs);
        Assert.Equal("alice", there.Info.RemoteParty);
        await here.HangUpAsync(Soon);
        Assert.Equal(EndedBy.Caller, (await there.EndAsync(Soon)).By);
    }

    [ContractFact]
    public virtual async Task An_account_registers_with_its_password_and_takes_the_binding_away_at_the_end()
    {
        var registrar = Peer();
        var mine = await MineAsync(options => options with { Accounts = [Registering(registrar)] });

        var first = await registrar.NextAsync("REGISTER", Soon);
        await registrar.RespondAsync(first, 401, null, ("WWW-Authenticate", Challenge));
        var second = await AfterAsync(registrar, first);
        Assert.Contains("response=", second.Headers.Get("Authorization"), StringComparison.Ordinal);
        Assert.Equal(first.CallId, second.CallId);
        var contact = Assert.Single(second.Contacts);
        Assert.Equal(("alice", mine.Port()), (contact.Uri.User, contact.Uri.Port));
        await registrar.RespondAsync(second, 200, null, ("Contact", $"{contact};expires=60"));
        await UntilAsync(() => mine.Line.Registrations[0].State == RegistrationState.Registered);
        Assert.Equal((200, "desk-account"), (mine.Line.Registrations[0].StatusCode, mine.Line.Registrations[0].Account));
        Assert.NotNull(mine.Line.Registrations[0].ExpiresAt);

        var closing = mine.DisposeAsync().AsTask();
        var last = await AfterAsync(registrar, second);
        Assert.True(last.Expires == 0 || last.Contacts.All(one => one.Expires == 0));
        await registrar.RespondAsync(last, 200);
        await closing.WaitAsync(Soon);
    }

    [ContractFact]
    public virtual async Task A_refused_registration_says_why()
    {
        var registrar = Peer();
        var mine = await MineAsync(options => options with { Accounts = [Registering(registrar)] });

        await registrar.RespondAsync(await registrar.NextAsync("REGISTER", Soon), 403);

        await UntilAsync(() => mine.Line.Registrations[0].State == RegistrationState.Failed);
        Assert.Equal(403, mine.Line.Registrations[0].StatusCode);
        Assert.Contains("password", mine.Line.Registrations[0].Reason, StringComparison.Ordinal);
    }

    [ContractFact]
    public virtual async Task A_binding_is_refreshed_before_it_ends()
    {
        var registrar = Peer();
        var mine = await MineAsync(options => options with { Accounts = [Registering(registrar)] });
        var first = await registrar.NextAsync("REGISTER", Soon);
        await registrar.RespondAsync(first, 200, null, ("Contact", $"{first.Contacts[0]};expires=10"));

        var refresh = await AfterAsync(registrar, first);

        Assert.Equal(first.CallId, refresh.CallId);
        Assert.NotEqual(RegistrationState.Failed, mine.Line.Registrations[0].State);
        await registrar.RespondAsync(refresh, 200, null, ("Contact", $"{refresh.Contacts[0]};expires=60"));
    }

    /// <summary>The next REGISTER that is not this one again: a first answer may take longer than T1.</summary>
    private async Task<SipRequest> AfterAsync(SipPeer registrar, SipRequest before) => (SipRequest)await registrar.NextAsync(
        message => message is SipRequest { Method: "REGISTER" } request && (request.CallId != before.CallId || request.CSeq.Sequence > before.CSeq.Sequence), Soon);

    private static SipAccountOptions Registering(SipPeer registrar) =>
        new()
        {
            Name = "desk-account", User = "alice", Domain = "127.0.0.1", OutboundProxy = $"sip:{registrar.EndPoint}", Password = "secret",
            ExpiresSeconds = 60, KeepAliveSeconds = 0,
        };
}
