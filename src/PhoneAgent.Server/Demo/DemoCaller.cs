using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Server.Demo;

/// <summary>What the built-in caller noticed.</summary>
internal abstract record DemoEvent
{
    private DemoEvent() { }

    public sealed record Said(string Text, bool Interrupting) : DemoEvent;

    /// <summary>From the caller's last loud sample to the agent's first, as it reached his ear.</summary>
    public sealed record Answered(TimeSpan Gap) : DemoEvent;

    /// <summary>From the caller's first loud sample to the agent's last, as it reached his ear.</summary>
    public sealed record AgentStopped(TimeSpan After) : DemoEvent;
}

/// <summary>
/// A caller who needs no telephone: speaks his lines when the agent is done, or over him, and measures on his own audio
/// how quickly the agent answers and falls silent.
/// </summary>
internal sealed class DemoCaller(IReadOnlyList<DemoLine> lines, ISpeechSynthesizer synthesizer, string? voice, Action<DemoEvent> onEvent)
{
    // The agent is done: longer than his pauses between sentences, and what a polite person leaves.
    private static readonly long DoneSamples = AudioFormat.ToSamples(TimeSpan.FromMilliseconds(900));
    private static readonly long CutSamples = AudioFormat.ToSamples(TimeSpan.FromMilliseconds(200));
    private static readonly long PatienceSamples = AudioFormat.ToSamples(TimeSpan.FromSeconds(12));

    /// <summary>Holds the conversation; returns when the lines are said and the agent has answered, or the call has ended.</summary>
    public async Task RunAsync(ICall call, CancellationToken cancellationToken)
    {
        List<short[]> speech = [];
        foreach (DemoLine line in lines)
            speech.Add(await SpeakAsync(line.Text, cancellationToken).ConfigureAwait(false));

        var ear = new CallerEar();
        Task ended = WatchAsync(call, ear);
        call.Audio.Start(ear);
        try
        {
            for (int i = 0; i < lines.Count; i++)
            {
                long? turn = lines[i].InterruptAfter is { } after
                    ? await TalkedAsync(ear, AudioFormat.ToSamples(after), cancellationToken).ConfigureAwait(false)
                    : await DoneAsync(ear, cancellationToken).ConfigureAwait(false);
                if (turn is null)
                    break;
                onEvent(new DemoEvent.Said(lines[i].Text, lines[i].InterruptAfter is not null));
                ear.Say(speech[i]);
                await AnswerAsync(ear, lines[i].InterruptAfter is not null, cancellationToken).ConfigureAwait(false);
            }
            await DoneAsync(ear, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            call.Audio.Stop();
            await call.HangUpAsync(CancellationToken.None).ConfigureAwait(false);
            await ended.ConfigureAwait(false);
        }
    }

    private static async Task WatchAsync(ICall call, CallerEar ear)
    {
        await foreach (CallSignal signal in call.Signals.ReadAllAsync().ConfigureAwait(false))
            if (signal is CallSignal.Ended)
                ear.Complete();
        ear.Complete();
    }

    private async Task<short[]> SpeakAsync(string text, CancellationToken cancellationToken)
    {
        var samples = new List<short>();
        await foreach (SynthesizedAudio chunk in synthesizer.SynthesizeAsync(new SynthesisRequest(text, voice), cancellationToken).ConfigureAwait(false))
            samples.AddRange(chunk.Samples.Span);
        return [.. samples];
    }

    // Until the agent has said something and is silent again; null when the call has ended.
    private static async Task<long?> DoneAsync(CallerEar ear, CancellationToken cancellationToken)
    {
        long first = -1, last = -1;
        await foreach (EarTick tick in ear.Ticks.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (first < 0)
                first = tick.Position;
            if (tick.LastHeard >= 0)
                last = tick.LastHeard;
            if (last >= 0 ? tick.Position - last >= DoneSamples : tick.Position - first >= PatienceSamples)
                return tick.Position;
        }
        return null;
    }

    // Until the agent has talked for a while; null when the call has ended.
    private static async Task<long?> TalkedAsync(CallerEar ear, long samples, CancellationToken cancellationToken)
    {
        long began = -1;
        await foreach (EarTick tick in ear.Ticks.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (began < 0)
                began = tick.FirstHeard;
            if (began >= 0 && tick.Position - began >= samples)
                return tick.Position;
        }
        return null;
    }

    // From the caller's first sample until the agent answers.
    private async Task AnswerAsync(CallerEar ear, bool interrupting, CancellationToken cancellationToken)
    {
        long onset = -1, lastSaid = -1, agentLast = -1, began = -1;
        bool cut = !interrupting;
        await foreach (EarTick tick in ear.Ticks.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (began < 0)
                began = tick.Position;
            if (tick.LastSaid >= 0)
            {
                if (onset < 0)
                    onset = tick.FirstSaid;
                lastSaid = tick.LastSaid;
            }
            if (!cut && onset >= 0)
            {
                if (tick.LastHeard >= 0)
                    agentLast = tick.LastHeard;
                else if (tick.Position - Math.Max(agentLast, onset) >= CutSamples)
                {
                    cut = true;
                    onEvent(new DemoEvent.AgentStopped(AudioFormat.ToTime(Math.Max(0, agentLast - onset))));
                }
            }
            if (cut && lastSaid >= 0 && !tick.IsSaying && tick.FirstHeard >= 0)
            {
                onEvent(new DemoEvent.Answered(AudioFormat.ToTime(tick.FirstHeard - lastSaid)));
                return;
            }
            if (tick.Position - began >= PatienceSamples)
                return;
        }
    }
}
