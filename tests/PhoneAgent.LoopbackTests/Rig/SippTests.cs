using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Registration;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Telephony;
using Xunit;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>The scenarios of the rig against our line: sipp calls us, and we call sipp.</summary>
public sealed class SippTests : IDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(90));

    private CancellationToken Patience => _patience.Token;

    public void Dispose() => _patience.Dispose();

    /// <summary>sipp takes a request as unexpected while it still goes from its ACK to the step that waits for it.</summary>
    private async Task LetSippSettleAsync()
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(300));
        await ticks.WaitForNextTickAsync(Patience);
    }

    /// <summary>Answers every call and keeps it until its end.</summary>
    private async Task AnswerAllAsync(TestLine line, Func<ICall, Task>? during = null)
    {
        List<Task> calls = [];
        await foreach (var incoming in line.Line.Incoming.ReadAllAsync(Patience))
            calls.Add(HandleAsync(incoming));
        await Task.WhenAll(calls);

        async Task HandleAsync(IIncomingCall incoming)
        {
            if (await incoming.AnswerAsync(Patience) is not { } call)
                return;
            await using (call)
            {
                if (during is not null)
                    await during(call);
                await foreach (var _ in call.Signals.ReadAllAsync(Patience))
                {
                    // Until the end.
                }
            }
        }
    }

    private async Task CalledAsync(string scenario, string[] arguments, Func<SipOptions, SipOptions>? change = null, Func<ICall, Task>? during = null, string transport = "udp")
    {
        var line = await TestLine.StartAsync(change);
        var answering = AnswerAllAsync(line, during);
        try
        {
            await using var sipp = Sipp.Call(scenario, line.Port(transport), arguments);
            await sipp.SucceedAsync(Patience);
        }
        finally
        {
            await line.DisposeAsync();
        }
        await answering;
    }

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("uac_call", "udp")]
    [InlineData("uac_call", "tcp")]
    [InlineData("uac_hold", "udp")]
    [InlineData("uac_hold", "tcp")]
    [InlineData("uac_late_offer", "udp")]
    [InlineData("uac_late_offer", "tcp")]
    [InlineData("uac_options", "udp")]
    [InlineData("uac_options", "tcp")]
    public Task We_are_called(string scenario, string transport) =>
        CalledAsync(scenario, ["-d", "500", "-t", transport == "tcp" ? "t1" : "u1"], transport: transport);

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public Task Load() => CalledAsync("uac_load", ["-d", "1000", "-r", "50", "-l", "50", "-m", "100"]);

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public async Task Dtmf_by_info()
    {
        var keys = new List<char>();
        await CalledAsync("uac_dtmf", [], during: async call =>
        {
            if (await call.Signals.ReadAsync(Patience) is CallSignal.Dtmf key)
                keys.Add(key.Digit);
        });
        Assert.Equal(['1'], keys);
    }

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Cancel(string transport)
    {
        await using var line = await TestLine.StartAsync();
        await using var sipp = Sipp.Call("uac_cancel", line.Port(transport), "-d", "300", "-t", transport == "tcp" ? "t1" : "u1");
        await sipp.SucceedAsync(Patience);
        Assert.Null(await (await line.NextAsync(Patience)).AnswerAsync(Patience));
    }

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public async Task No_ack()
    {
        CallEnd? end = null;
        await CalledAsync("uac_no_ack", [],
            options => options with { Timers = options.Timers with { T1Milliseconds = 60, T2Milliseconds = 480 } },
            async call => end = await call.EndAsync(Patience).ConfigureAwait(false));
        Assert.Equal(CallEndCause.PeerLost, end?.Cause);
    }

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("200 OK", true)]
    [InlineData("486 Busy Here", false)]
    public async Task Refer(string status, bool success)
    {
        TransferResult? result = null;
        await CalledAsync("uac_refer", ["-d", "300", "-key", "status", status], during: async call =>
        {
            await LetSippSettleAsync();
            result = await call.TransferAsync(new TransferRequest("sip:human@127.0.0.1:5999"), Patience);
            if (!result.Success)
                await call.HangUpAsync(Patience);
        });
        Assert.Equal(success, result?.Success);
        Assert.Equal(status[..3], $"{result?.StatusCode}");
    }

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public Task We_hang_up() => CalledAsync("uac_wait_bye", [], during: async call =>
    {
        await LetSippSettleAsync();
        await call.HangUpAsync(Patience);
    });

    private static SipOptions WithPassword(SipOptions options) =>
        options with { Inbound = new() { Callers = [new() { User = "100", Password = "secret" }], Algorithms = ["MD5"] } };

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public Task Invite_with_a_password() => CalledAsync("uac_invite_auth", ["-d", "300", "-au", "100", "-ap", "secret"], WithPassword);

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public Task Invite_with_a_wrong_password() => CalledAsync("uac_invite_auth_wrong", ["-au", "100", "-ap", "wrong"], WithPassword);

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public Task Malformed_messages() => CalledAsync("uac_malformed", ["-pause_msg_ign"]);

    [RequiresTheory(Command = "python3", Shared = "rig/badsip.py")]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Bad_sip(string transport)
    {
        await using var line = await TestLine.StartAsync();
        List<string> arguments = [SharedData.Require("rig/badsip.py"), $"127.0.0.1:{line.Port(transport)}", "--wait", "0.1"];
        if (transport == "tcp")
            arguments.Add("--tcp");
        using var process = Process.Start(new ProcessStartInfo("python3", arguments) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Patience);
        await process.WaitForExitAsync(Patience);
        Assert.True(process.ExitCode == 0, output);
    }

    private async Task<PlaceCallResult> PlaceAsync(TestLine line, Sipp sipp, string user = "x", PlaceCallRequest? like = null) =>
        await line.Line.PlaceAsync((like ?? new PlaceCallRequest("")) with { Target = $"sip:{user}@127.0.0.1:{sipp.Port}" }, Patience);

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("uas_answer")]
    [InlineData("uas_load")]
    [InlineData("uas_early_media")]
    public async Task We_call_and_hang_up(string scenario)
    {
        await using var line = await TestLine.StartAsync();
        await using var sipp = await Sipp.ServeAsync(scenario, "-d", "300");
        await using var call = (await PlaceAsync(line, sipp)).Call!;
        await call.HangUpAsync(Patience);
        await sipp.SucceedAsync(Patience);
    }

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public async Task Early_media_is_heard_of()
    {
        await using var line = await TestLine.StartAsync();
        await using var sipp = await Sipp.ServeAsync("uas_early_media", "-d", "300");
        var progress = new Reports();
        await using var call = (await PlaceAsync(line, sipp, like: new PlaceCallRequest("") { Progress = progress })).Call!;
        Assert.Contains(progress.All, report => report is { StatusCode: 183, EarlyMedia: not null });
        await call.HangUpAsync(Patience);
        await sipp.SucceedAsync(Patience);
    }

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public async Task The_callee_hangs_up()
    {
        await using var line = await TestLine.StartAsync();
        await using var sipp = await Sipp.ServeAsync("uas_hangup", "-d", "300");
        await using var call = (await PlaceAsync(line, sipp)).Call!;
        await sipp.SucceedAsync(Patience);
        Assert.Equal(new CallEnd(CallEndCause.HungUp, EndedBy.Caller), await call.EndAsync(Patience));
    }

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData(403, CallEndCause.Rejected)]
    [InlineData(404, CallEndCause.NotFound)]
    [InlineData(480, CallEndCause.NoAnswer)]
    [InlineData(486, CallEndCause.Busy)]
    [InlineData(503, CallEndCause.Failed)]
    [InlineData(603, CallEndCause.Rejected)]
    public async Task The_callee_refuses(int status, CallEndCause cause)
    {
        await using var line = await TestLine.StartAsync();
        await using var sipp = await Sipp.ServeAsync("uas_reject", "-d", "200");
        var failure = (await PlaceAsync(line, sipp, $"{status}")).Failure;
        Assert.Equal((cause, status), (failure!.Cause, failure.StatusCode));
        await sipp.SucceedAsync(Patience);
    }

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public async Task The_callee_does_not_answer()
    {
        await using var line = await TestLine.StartAsync();
        await using var sipp = await Sipp.ServeAsync("uas_no_answer");
        var failure = (await PlaceAsync(line, sipp, like: new PlaceCallRequest("") { RingTimeout = TimeSpan.FromSeconds(1) })).Failure;
        Assert.Equal(CallEndCause.NoAnswer, failure!.Cause);
        await sipp.SucceedAsync(Patience);
    }

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("secret", true)]
    [InlineData("wrong", false)]
    public async Task The_callee_wants_a_password(string password, bool success)
    {
        await using var line = await TestLine.StartAsync(options => options with
        {
            Accounts = [new() { User = "100", Domain = "127.0.0.1", Password = password, Register = false }],
        });
        await using var sipp = await Sipp.ServeAsync("uas_invite_auth");
        var result = await PlaceAsync(line, sipp);
        Assert.Equal(success, result.Call is not null);
        if (result.Call is { } call)
        {
            await call.HangUpAsync(Patience);
            await call.DisposeAsync();
        }
        await sipp.SucceedAsync(Patience);
    }

    [RequiresFact(Command = "sipp", Shared = "rig/sipp")]
    public async Task The_callee_sends_us_elsewhere_and_leaves()
    {
        await using var line = await TestLine.StartAsync(options => options with { Transfer = new() { AcceptRefer = true } });
        using var target = new LateCallee();
        await using var sipp = await Sipp.ServeAsync("uas_refer_bye", "-d", "300", "-key", "target", $"sip:human@127.0.0.1:{target.Port}");
        await using var call = (await PlaceAsync(line, sipp)).Call!;
        var invite = await target.ReceiveAsync(Patience);
        await sipp.SucceedAsync(Patience);

        // The transferor has left; only now the target answers.
        await target.AnswerAsync(invite, Patience);
        Assert.IsType<CallSignal.Redirected>(await call.Signals.ReadAsync(Patience));
        var hangingUp = call.HangUpAsync(Patience);
        var bye = await target.ReceiveAsync(Patience);
        while (bye.Method != SipMethods.Bye)
            bye = await target.ReceiveAsync(Patience);
        await target.AnswerAsync(bye, Patience);
        await hangingUp;
    }

    [RequiresTheory(Command = "sipp", Shared = "rig/sipp")]
    [InlineData("secret", RegistrationState.Registered)]
    [InlineData("wrong", RegistrationState.Failed)]
    public async Task We_register(string password, RegistrationState expected)
    {
        await using var registrar = await Sipp.ServeAsync("reg_uas", "-m", "100");
        await using var line = await TestLine.StartAsync(options => options with
        {
            Accounts = [new() { User = "100", Domain = "127.0.0.1", Password = password, OutboundProxy = $"sip:127.0.0.1:{registrar.Port}" }],
        });
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (line.Line.Registrations[0].State is RegistrationState.Registering or RegistrationState.Unregistered)
            await ticks.WaitForNextTickAsync(Patience);
        Assert.Equal(expected, line.Line.Registrations[0].State);
        Assert.Equal(expected == RegistrationState.Registered ? 200 : 403, line.Line.Registrations[0].StatusCode);
    }

    /// <summary>A callee that says nothing before it is told to.</summary>
    private sealed class LateCallee : IDisposable
    {
        private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
        private IPEndPoint? _peer;

        public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

        public async Task<SipRequest> ReceiveAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var datagram = await _socket.ReceiveAsync(cancellationToken);
                _peer = datagram.RemoteEndPoint;
                if (SipParser.TryParse(datagram.Buffer, out var message, out _) && message is SipRequest request)
                    return request;
            }
        }

        public async Task AnswerAsync(SipRequest request, CancellationToken cancellationToken)
        {
            var response = SipResponse.For(request, 200, toTag: "late");
            response.Headers.Set("Contact", $"<sip:human@127.0.0.1:{Port}>");
            if (request.IsInvite)
                response.SetBody("application/sdp", request.BodyText);
            await _socket.SendAsync(response.ToBytes(), _peer, cancellationToken);
        }

        public void Dispose() => _socket.Dispose();
    }

    private sealed class Reports : IProgress<CallProgress>
    {
        private readonly List<CallProgress> _all = [];

        public IReadOnlyList<CallProgress> All
        {
            get
            {
                lock (_all)
                    return [.. _all];
            }
        }

        public void Report(CallProgress value)
        {
            lock (_all)
                _all.Add(value);
        }
    }
}
