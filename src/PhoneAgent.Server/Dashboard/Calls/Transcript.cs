using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Server.Hosting;

namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>A call as people read it, line by line, from its events. One per watcher or shared under a lock; not thread-safe.</summary>
internal sealed class Transcript
{
    private readonly List<TranscriptLine> _lines = [];
    private readonly List<int> _changedAt = [];
    private int? _caller;
    private int? _lastCaller;
    private int? _agent;
    private int _agentTurn = -1;
    private string _heard = "";
    private readonly List<string> _sentences = [];
    private int _version;

    public IReadOnlyList<TranscriptLine> Lines => _lines;

    /// <summary>Lines that changed with an event of this number or a later one.</summary>
    public IEnumerable<TranscriptLine> Since(int version) => _lines.Where(line => _changedAt[line.Number] >= version);

    /// <summary>The last words, for a list; null before the first.</summary>
    public TranscriptLine? LastWords => _lines.FindLast(line => line.Side != Side.Note && (line.Text.Length > 0 || line.Pending.Length > 0));

    /// <param name="number">The event's number in its timeline.</param>
    public void Add(TimelineEvent happened, int number)
    {
        _version = number;
        switch (happened)
        {
            case TimelineEvent.Interim interim:
                Hear(happened.At, interim.Text, open: true);
                break;
            case TimelineEvent.Final final:
                Finish(final);
                break;
            case TimelineEvent.Emotion { IsFinal: true } emotion when (_caller ?? _lastCaller) is { } line:
                Put(_lines[line] with { Mood = emotion.Label });
                break;
            case TimelineEvent.AgentSentence sentence:
                Say(sentence);
                break;
            case TimelineEvent.Heard heard:
                OnHeard(heard);
                break;
            case TimelineEvent.Dtmf or TimelineEvent.Hold or TimelineEvent.Transfer or TimelineEvent.Moved or TimelineEvent.AgentChanged or TimelineEvent.LanguageChanged or TimelineEvent.Supervised or TimelineEvent.Ended:
                Note(happened, urgent: false);
                break;
            case TimelineEvent.Escalated or TimelineEvent.Failure or TimelineEvent.ProviderFailed:
                Note(happened, urgent: true);
                break;
        }
    }

    private void Hear(TimeSpan at, string text, bool open)
    {
        if (_caller is { } line)
            Put(_lines[line] with { Text = text, IsOpen = open });
        else if (text.Length > 0)
            _caller = New(new TranscriptLine(_lines.Count, Side.Caller, at, text) { IsOpen = open });
    }

    private void Finish(TimelineEvent.Final final)
    {
        bool understood = final.Outcome == RecognitionOutcome.Recognized;
        if (understood || (final.Outcome == RecognitionOutcome.Rejected && final.Text.Length > 0))
            Hear(final.At, final.Text, open: false);
        else if (final.Outcome == RecognitionOutcome.Rejected && _caller is null)
            Hear(final.At, "(not understood)", open: false);
        if (_caller is { } line)
            Put(_lines[line] with { IsOpen = false, IsDoubtful = !understood });
        (_lastCaller, _caller) = (_caller, null);
    }

    private void Say(TimelineEvent.AgentSentence sentence)
    {
        if (sentence.Turn != _agentTurn || _agent is null)
        {
            _sentences.Clear();
            (_agentTurn, _heard) = (sentence.Turn, "");
            _agent = New(new TranscriptLine(_lines.Count, Side.Agent, sentence.At, "") { IsOpen = true });
        }
        _sentences.Add(sentence.Text);
        Put(_lines[_agent.Value] with { Pending = Rest(), IsOpen = true });
    }

    private void OnHeard(TimelineEvent.Heard heard)
    {
        if (_agent is not { } line || heard.Turn != _agentTurn)
        {
            if (heard.Text.Length > 0)
                New(new TranscriptLine(_lines.Count, Side.Agent, heard.At, heard.Text));
            return;
        }
        _heard = Join([_heard, heard.Text]);
        string rest = Rest();
        Put(_lines[line] with { Text = _heard, Pending = "", Cut = heard.Interrupted ? rest : "", IsOpen = false });
    }

    // What was heard is the beginning of the sentences, unless a filler came between.
    private string Rest()
    {
        string all = Join(_sentences);
        return _heard.Length == 0 ? all : all.StartsWith(_heard, StringComparison.Ordinal) ? all[_heard.Length..].Trim() : "";
    }

    private void Note(TimelineEvent happened, bool urgent)
    {
        if (TimelineWords.Describe(happened, everything: true) is not { } words)
            return;
        string text = words.Who is "failure" or "call" or "turn" ? words.What : $"{words.Who} {words.What}";
        New(new TranscriptLine(_lines.Count, Side.Note, happened.At, $"{char.ToUpperInvariant(text[0])}{text[1..]}") { IsUrgent = urgent });
    }

    private int New(TranscriptLine line)
    {
        _lines.Add(line);
        _changedAt.Add(_version);
        return line.Number;
    }

    private void Put(TranscriptLine line)
    {
        _lines[line.Number] = line;
        _changedAt[line.Number] = _version;
    }

    private static string Join(IEnumerable<string> parts) => string.Join(' ', parts.Select(p => p.Trim()).Where(p => p.Length > 0));
}
