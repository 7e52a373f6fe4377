using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Samples.Talk;
using PhoneAgent.Server.BrowserVoice;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Testing.Calls;

namespace PhoneAgent.Benchmarks;

/// <summary>
/// Many calls over WebSockets at once, with engines that take no time; clients and server share this machine. A turn's gap
/// goes from the caller's last voiced frame to the first of the answer at his ear: behind the browser's queue of 60 ms here,
/// behind the telephone's jitter buffer in the calls over RTP that run before, one by one the same otherwise. A frame that
/// comes after its turn in that queue is a glitch.
/// </summary>
internal static class TalkLoad
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Queue = TimeSpan.FromMilliseconds(60);

    public static async Task<int> RunAsync(int calls, int seconds)
    {
        List<double> phone = await PhonesAsync(calls, TimeSpan.FromSeconds(seconds));
        var clock = new MediaClock(NullLogger.Instance);
        var options = new BrowserVoiceOptions { MaxCalls = calls, MaxSockets = calls, MaxSocketsPerAddress = calls };
        var line = new BrowserLine(options, clock, TimeProvider.System, NullLogger<BrowserLine>.Instance);
        var tokens = new OneTimeTokens<TalkGrant>(TimeProvider.System, TimeSpan.FromMinutes(1), calls);
        await using WebApplication app = await StartAsync(line, tokens, options);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        Task answering = AnswerAsync(line);
        using var stop = new CancellationTokenSource(2 * Turn + TimeSpan.FromSeconds(seconds));
        Listener[] listeners = await Task.WhenAll(Enumerable.Range(0, calls).Select(i => TalkAsync(address, tokens.Issue(new TalkGrant("bench")), Turn * i / calls, stop.Token)));
        await line.DisposeAsync();
        await answering;
        await app.StopAsync();
        clock.Dispose();

        List<double> browser = [.. listeners.SelectMany(l => l.Gaps).Order()];
        if (phone.Count == 0 || browser.Count == 0)
        {
            Console.Error.WriteLine("No turn was answered.");
            return 1;
        }
        ReplyLoad.Print($"calls                      {calls}: {phone.Count} turns over RTP, {browser.Count} over WebSockets");
        ReplyLoad.Print($"gap at the ear, telephone  median {ReplyLoad.At(phone, 0.5):F1} ms, p95 {ReplyLoad.At(phone, 0.95):F1} ms");
        ReplyLoad.Print($"gap at the ear, browser    median {ReplyLoad.At(browser, 0.5):F1} ms, p95 {ReplyLoad.At(browser, 0.95):F1} ms   (target: telephone + 60)");
        ReplyLoad.Print($"frames to the browsers     {listeners.Sum(l => l.Frames)}, late for their queue: {listeners.Sum(l => l.Late)} in {listeners.Count(l => l.Late > 0)} calls   (target 0)");
        return 0;
    }

    private static async Task<WebApplication> StartAsync(BrowserLine line, OneTimeTokens<TalkGrant> tokens, BrowserVoiceOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.UseWebSockets();
        app.Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await new BrowserConnection(socket, line, tokens, options, WakeWords.None("a benchmark"), TimeProvider.System, NullLogger.Instance).RunAsync(CancellationToken.None);
        });
        await app.StartAsync();
        return app;
    }

    private static async Task AnswerAsync(BrowserLine line)
    {
        var running = new List<Task>();
        await foreach (IIncomingCall incoming in line.Incoming.ReadAllAsync())
        {
            ICall call = (await incoming.AnswerAsync(CancellationToken.None))!;
            running.Add(RunAsync(call));
        }
        await Task.WhenAll(running);
    }

    private static async Task RunAsync(ICall call)
    {
        await using (call)
        {
            using CallSession session = Session(call);
            await session.RunAsync(CancellationToken.None);
        }
    }

    private static CallSession Session(ICall call) => new(
        call, new FakeDialogue(_ => [new DialogueAction.Say("Hello.")]),
        new CallEngines(new ReplyLoad.LevelDetector(), new ReplyLoad.InstantRecognizer(static () => { }), new ReplyLoad.InstantVoice()),
        new CallSessionOptions(), null, NullLogger<CallSession>.Instance);

    /// <summary>One caller: half a second of a tone in every turn, in real time.</summary>
    private static async Task<Listener> TalkAsync(Uri address, string token, TimeSpan offset, CancellationToken stop)
    {
        var listener = new Listener();
        await using var client = new TalkClient();
        await client.ConnectAsync(address, new Dictionary<string, object> { ["token"] = token }, CancellationToken.None);
        Task listening = listener.RunAsync(client);
        short[] tone = [.. Enumerable.Range(0, TalkClient.FrameSamples).Select(i => (short)(((i / 16) & 1) == 0 ? 4000 : -4000))];
        short[] silence = new short[TalkClient.FrameSamples];
        long began = TimeProvider.System.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (long sent = 0; !stop.IsCancellationRequested; await tick.WaitForNextTickAsync(CancellationToken.None))
        {
            TimeSpan now = TimeProvider.System.GetElapsedTime(began);
            for (; TimeSpan.FromMilliseconds(20 * sent) <= now; sent++)
            {
                double within = (TimeSpan.FromMilliseconds(20 * sent) + offset).TotalSeconds % Turn.TotalSeconds;
                bool talks = within < 0.5;
                if (talks)
                    listener.Spoke(now > 2 * Turn);
                await client.SendAudioAsync(talks ? tone : silence, CancellationToken.None);
            }
        }
        await client.HangUpAsync(CancellationToken.None);
        await listening;
        return listener;
    }

    /// <summary>The same conversations by telephone.</summary>
    private static async Task<List<double>> PhonesAsync(int calls, TimeSpan length)
    {
        var options = new RtpOptions { FirstPort = 20000, LastPort = 39999 };
        using var callers = new RtpCallMediaFactory(options, NullLogger<RtpCallMediaFactory>.Instance);
        using var agents = new RtpCallMediaFactory(options, NullLogger<RtpCallMediaFactory>.Instance);
        var phones = new List<(ICallMedia Caller, ICallMedia Agent, ReplyLoad.LoopbackCall Call, CallSession Session, Task Run, Phone Ear)>();
        for (int i = 0; i < calls; i++)
        {
            ICallMedia caller = callers.Create($"a{i}", IPAddress.Loopback, null), agent = agents.Create($"b{i}", IPAddress.Loopback, null);
            caller.AcceptAnswer(agent.AcceptOffer(caller.CreateOffer(MediaDirection.SendRecv)).Sdp!);
            var call = new ReplyLoad.LoopbackCall(i, agent.Audio);
            CallSession session = Session(call);
            var ear = new Phone(AudioFormat.ToSamples(Turn * i / calls));
            agent.Start();
            phones.Add((caller, agent, call, session, session.RunAsync(CancellationToken.None), ear));
            caller.Start();
            caller.Audio.Start(ear);
        }
        await Task.Delay((2 * Turn) + length, TimeProvider.System);
        foreach ((ICallMedia caller, ICallMedia agent, ReplyLoad.LoopbackCall call, CallSession session, Task run, _) in phones)
        {
            await call.HangUpAsync(CancellationToken.None);
            await run;
            session.Dispose();
            await caller.DisposeAsync();
            await agent.DisposeAsync();
        }
        return [.. phones.SelectMany(p => p.Ear.Gaps).Order()];
    }

    /// <summary>A telephone's caller, and what he hears.</summary>
    private sealed class Phone(long offset) : IAudioPeer
    {
        private long _spokeAt = -1;

        public List<double> Gaps { get; } = new(1024);

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            bool talks = (position + offset) % AudioFormat.ToSamples(Turn) < AudioFormat.SampleRate / 2;
            for (int i = 0; i < toSend.Length; i++)
                toSend[i] = talks ? (short)(((i / 16) & 1) == 0 ? 4000 : -4000) : (short)0;
            if (talks)
                _spokeAt = position;
            else if (_spokeAt >= 0 && received.IndexOfAnyExceptInRange((short)-1000, (short)1000) >= 0)
            {
                // The first two turns compile everything.
                if (position > AudioFormat.ToSamples(2 * Turn))
                    Gaps.Add(AudioFormat.ToTime(position - _spokeAt).TotalMilliseconds);
                _spokeAt = -1;
            }
            return talks;
        }
    }

    /// <summary>A browser's queue, without the browser.</summary>
    private sealed class Listener
    {
        private readonly Lock _gate = new();
        private long _spokeAt;
        private bool _counts;
        private long _spurtAt;
        private uint _spurtTime;

        public List<double> Gaps { get; } = [];
        public int Frames { get; private set; }
        public int Late { get; private set; }

        public void Spoke(bool counts)
        {
            lock (_gate)
                (_spokeAt, _counts) = (TimeProvider.System.GetTimestamp(), counts);
        }

        public async Task RunAsync(TalkClient client)
        {
            await foreach (TalkEvent happened in client.Events.ReadAllAsync())
                if (happened.Samples is not null)
                    Hear(happened);
        }

        private void Hear(TalkEvent frame)
        {
            long now = TimeProvider.System.GetTimestamp();
            lock (_gate)
            {
                if (frame.StartsSpurt)
                {
                    (_spurtAt, _spurtTime) = (now, frame.Timestamp);
                    if (_spokeAt != 0 && _counts)
                        Gaps.Add((TimeProvider.System.GetElapsedTime(_spokeAt, now) + Queue).TotalMilliseconds);
                    _spokeAt = 0;
                }
                if (!_counts)
                    return;
                Frames++;
                TimeSpan due = AudioFormat.ToTime(frame.Timestamp - _spurtTime) + Queue;
                if (TimeProvider.System.GetElapsedTime(_spurtAt, now) > due)
                    Late++;
            }
        }
    }
}
