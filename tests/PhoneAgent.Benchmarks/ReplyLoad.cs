using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue.LanguageModel;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Lookups;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.OpenAiCompatible;
using PhoneAgent.Inference.OpenAiCompatible.Chat;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Rtp;
using PhoneAgent.Testing.Providers;

namespace PhoneAgent.Benchmarks;

/// <summary>
/// The platform's own share of a reply: whole calls over RTP on loopback, paced by the real media clock, with engines that
/// take no time and a language model behind HTTP on this machine that answers at once. Measured from the final transcript, handed over by the recogniser, to the tick that
/// sends the first voiced packet. Nothing is guessed ahead: that would hide it.
/// </summary>
internal static class ReplyLoad
{
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(int calls, int seconds)
    {
        var options = new RtpOptions { FirstPort = 20000, LastPort = 39999 };
        using var callers = new RtpCallMediaFactory(options, NullLogger<RtpCallMediaFactory>.Instance);
        using var agents = new RtpCallMediaFactory(options, NullLogger<RtpCallMediaFactory>.Instance);
        await using FakeOpenAiServer server = await FakeOpenAiServer.StartAsync();
        server.Answer("completions", new ChatScript { Tokens = ["Yes, ", "we ", "are ", "open ", "today."] }.ToWire());
        using var model = new OpenAiChatClient(new OpenAiChatOptions(new OpenAiServer("instant", server.BaseUrl), "instant"), TimeProvider.System);
        var dialogues = new LanguageModelDialogueFactory(Agent(), model, ToolBox.Empty, null, TimeProvider.System);
        var media = new List<ICallMedia>();
        var sessions = new List<(CallSession Session, LoopbackCall Call, Task<CallEnd> Run)>();
        for (int i = 0; i < calls; i++)
        {
            ICallMedia caller = callers.Create($"a{i}", IPAddress.Loopback, null), agent = agents.Create($"b{i}", IPAddress.Loopback, null);
            caller.AcceptAnswer(agent.AcceptOffer(caller.CreateOffer(MediaDirection.SendRecv)).Sdp!);
            media.AddRange([caller, agent]);
            var call = new LoopbackCall(i, agent.Audio);
            var engines = new CallEngines(new LevelDetector(), new InstantRecognizer(call.FinalIsThere), new InstantVoice());
            var session = new CallSession(call, dialogues.Create(call.Info), engines, new CallSessionOptions(), null, NullLogger<CallSession>.Instance);
            agent.Start();
            sessions.Add((session, call, session.RunAsync(CancellationToken.None)));
            caller.Start();
            caller.Audio.Start(new Talker(AudioFormat.ToSamples(Turn * i / calls)));
        }
        // The first two turns compile everything.
        await Task.Delay(2 * Turn, TimeProvider.System);
        sessions.ForEach(s => s.Call.Latencies.Clear());
        await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
        foreach ((CallSession session, LoopbackCall call, Task<CallEnd> run) in sessions)
        {
            await call.HangUpAsync(CancellationToken.None);
            await run;
            session.Dispose();
        }
        foreach (ICallMedia one in media)
            await one.DisposeAsync();

        List<double> all = [.. sessions.SelectMany(s => s.Call.Latencies).Order()];
        if (all.Count == 0)
        {
            Console.Error.WriteLine("No turn was answered.");
            return 1;
        }
        Print($"calls                      {calls}, {all.Count} turns answered");
        Print($"final to first packet      median {At(all, 0.5):F1} ms, p95 {At(all, 0.95):F1} ms, p99 {At(all, 0.99):F1} ms, longest {all[^1]:F1} ms   (target p99 40)");
        return 0;
    }

    internal static double At(List<double> sorted, double p) => sorted[Math.Max(0, (int)Math.Ceiling(p * sorted.Count) - 1)];

    internal static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>The agent's end: its audio is RTP; looks at what leaves, and when.</summary>
    internal sealed class LoopbackCall(int number, ICallAudio rtp) : ICall, ICallAudio, IAudioPeer
    {
        private readonly Channel<CallSignal> _signals = Channel.CreateUnbounded<CallSignal>();
        private IAudioPeer _session = null!;
        private long _finalAt;

        /// <summary>Milliseconds. Written by the media thread, read when it has stopped.</summary>
        public List<double> Latencies { get; } = new(4096);

        public CallInfo Info { get; } = new() { Id = $"reply-{number}", Direction = CallDirection.Inbound, RemoteParty = "caller", LocalParty = "agent" };
        public ICallAudio Audio => this;
        public ChannelReader<CallSignal> Signals => _signals.Reader;
        public MediaStatistics Statistics => rtp.Statistics;

        public void FinalIsThere() => Volatile.Write(ref _finalAt, TimeProvider.System.GetTimestamp());

        public void Start(IAudioPeer peer)
        {
            _session = peer;
            rtp.Start(this);
        }

        public void Stop() => rtp.Stop();

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            bool voiced = _session.Exchange(position, origin, received, toSend);
            long finalAt = Volatile.Read(ref _finalAt);
            if (!voiced || finalAt == 0)
                return voiced;
            Latencies.Add(TimeProvider.System.GetElapsedTime(finalAt).TotalMilliseconds);
            Volatile.Write(ref _finalAt, 0);
            return true;
        }

        public Task HangUpAsync(CancellationToken cancellationToken)
        {
            if (_signals.Writer.TryWrite(new CallSignal.Ended(new CallEnd(CallEndCause.HungUp, EndedBy.Agent))))
                _signals.Writer.TryComplete();
            return Task.CompletedTask;
        }

        public Task<TransferResult> TransferAsync(TransferRequest request, CancellationToken cancellationToken) =>
            Task.FromResult(new TransferResult(false, null, "nobody to transfer to"));

        public Task SendDtmfAsync(string digits, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task<bool> SetHoldAsync(bool held, CancellationToken cancellationToken) => Task.FromResult(false);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Half a second of a tone in every turn.</summary>
    private sealed class Talker(long offset) : IAudioPeer
    {
        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            long within = (position + offset) % AudioFormat.ToSamples(Turn);
            bool talks = within < AudioFormat.SampleRate / 2;
            for (int i = 0; i < toSend.Length; i++)
                toSend[i] = talks ? (short)(((i / 16) & 1) == 0 ? 4000 : -4000) : (short)0;
            return talks;
        }
    }

    internal sealed class LevelDetector : IVoiceDetector
    {
        public string Name => "level";

        public IVoiceStream Open(Action<VoiceActivity> onActivity) => new Stream(onActivity);

        public void Dispose()
        {
        }

        private sealed class Stream(Action<VoiceActivity> onActivity) : IVoiceStream
        {
            public void Push(long position, ReadOnlySpan<short> frame) =>
                onActivity(new VoiceActivity(position + frame.Length, frame.IndexOfAnyExceptInRange((short)-1000, (short)1000) >= 0 ? 1 : 0));

            public void Reset()
            {
            }

            public void Dispose()
            {
            }
        }
    }

    internal sealed class InstantRecognizer(Action finalIsThere) : ISpeechRecognizer
    {
        public string Name => "instant";
        public bool NeedsExpectation => false;

        public ValueTask<IReadOnlyList<string>> PrepareAsync(RecognitionRequest request, CancellationToken cancellationToken) => new([]);

        public IRecognitionStream Open(RecognitionRequest request, Action<RecognitionResult> onResult) => new Stream(finalIsThere, onResult);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private sealed class Stream(Action finalIsThere, Action<RecognitionResult> onResult) : IRecognitionStream
        {
            public void Push(ReadOnlySpan<short> frame)
            {
            }

            public void Probe()
            {
            }

            public void Finish()
            {
                finalIsThere();
                onResult(new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = "hello", Confidence = 1 });
            }

            public void Dispose()
            {
            }
        }
    }

    /// <summary>An agent who says whatever the model on this machine writes.</summary>
    private static AgentDefinition Agent() => new()
    {
        File = "bench.yaml", Name = "bench", Persona = "You are the receptionist of a bicycle shop.",
        Wordings = new Wordings(new Dictionary<string, Lines>()), Start = "",
        Intents = new Dictionary<string, IntentDefinition>(), Slots = new Dictionary<string, SlotDefinition>(),
        Lookups = new Dictionary<string, LookupSource>(), Steps = new Dictionary<string, StepDefinition>(),
        Model = new ModelDefinition { Greeting = [Template.Parse("Hello.")] },
    };

    /// <summary>A tone of 0.3 s.</summary>
    internal sealed class InstantVoice : ISpeechSynthesizer
    {
        private static readonly short[] Tone = [.. Enumerable.Range(0, 4800).Select(i => (short)(((i / 20) & 1) == 0 ? 3000 : -3000))];

        public string Name => "instant";
        public IReadOnlyList<VoiceInfo> Voices { get; } = [new("tone", "en-US", "a tone")];

        public async IAsyncEnumerable<SynthesizedAudio> SynthesizeAsync(
            SynthesisRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield return new SynthesizedAudio(Tone, []);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
