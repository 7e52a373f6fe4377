using System.Threading.Channels;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Testing.Calls;

namespace PhoneAgent.Testing.Escalation;

/// <summary>
/// Plays the turns of an <see cref="EvaluationCall"/>: waits until the agent has finished, or until he is in mid-sentence, as
/// the turn wants it. Asked once a frame.
/// </summary>
internal sealed class EvaluationCaller(EvaluationCall script, ScriptedCall call, RecordedTones? tones)
{
    private const double SecondsPerWord = 0.35, ShortestWord = 0.6, SecondsPerKey = 0.35, Patience = 3;

    private readonly ChannelReader<TimelineEvent> _events = call.Session.Timeline.Subscribe();
    private TimeSpan? _due;
    private TimeSpan _quietSince;
    private bool _agentSpeaks = true; // he greets
    private bool _agentFinished;
    private int _utterances;

    /// <summary>When each turn began; <see cref="TimeSpan.Zero"/> for silence.</summary>
    public List<TimeSpan> Began { get; } = [];

    public void Tick()
    {
        TimeSpan now = AudioFormat.ToTime(call.Audio.Position);
        while (_events.TryRead(out TimelineEvent? happened))
            Follow(happened, now);
        if (Began.Count == script.Turns.Count)
        {
            // He has said all that he wanted; the agent's answer is heard to its end.
            if (_agentFinished && now - _quietSince > TimeSpan.FromSeconds(Patience))
                call.Call.End(new CallEnd(CallEndCause.HungUp, EndedBy.Caller));
            return;
        }
        EvaluationTurn turn = script.Turns[Began.Count];
        if (_due is null && turn.Over is { } over && _agentSpeaks)
            _due = now + TimeSpan.FromSeconds(over);
        else if (_due is null && _agentFinished)
            _due = now + TimeSpan.FromSeconds(turn.After);
        if (now >= _due)
            Begin(turn, now);
    }

    private void Follow(TimelineEvent happened, TimeSpan now)
    {
        if (happened is not TimelineEvent.TurnState state)
            return;
        _agentSpeaks |= state.Trigger == "ReplyStarted";
        if (state.To is not ("Listening" or "CallerSpeaking") || state.Trigger is not ("ReplyFinished" or "BargeInDismissed"))
            return;
        (_agentSpeaks, _agentFinished, _quietSince) = (false, true, now);
    }

    private void Begin(EvaluationTurn turn, TimeSpan now)
    {
        double at = (now + AudioFormat.ToTime(AudioFormat.FrameSamples)).TotalSeconds;
        Began.Add(turn.Silent ? TimeSpan.Zero : now);
        (_due, _agentSpeaks, _agentFinished) = (null, false, false);
        if (turn.Say is not null || turn.Mumble is not null)
            Speak(turn, at);
        for (int i = 0; i < turn.Keys?.Length; i++)
            call.Press(at + (i * SecondsPerKey), turn.Keys[i]);
    }

    private void Speak(EvaluationTurn turn, double at)
    {
        if (tones is not null && turn.Voice is { } voice)
            call.Classifier.Add((short)(ScriptedAudio.Base + _utterances), tones.Of(script.Speaker!, voice, Began.Count - 1));
        _utterances++;
        if (turn.Say is { } words)
            call.Say(at, words, Math.Max(ShortestWord, words.Split(' ').Length * SecondsPerWord), confidence: turn.Confidence);
        else
            call.Mumble(at, turn.Mumble!.Value);
    }
}
