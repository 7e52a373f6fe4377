using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Scripted;

/// <summary>A call in text: what the caller says goes straight to the dialogue, and what the agent says comes back as words.</summary>
internal sealed class TextCall
{
    private readonly IDialogue _dialogue;
    private int _notUnderstood;
    private int _silent;

    public TextCall(AgentDefinition agent, string caller = "5550100", TimeProvider? time = null, HttpClient? client = null)
    {
        Call = new CallInfo { Id = "call-1", Direction = CallDirection.Inbound, RemoteParty = caller, LocalParty = "100" };
        _dialogue = new ScriptedDialogueFactory(agent, client ?? new HttpClient(), time ?? Saturday()).Create(Call);
    }

    public CallInfo Call { get; }
    public Expectation Expectation { get; private set; } = Expectation.Nothing;
    public List<DialogueAction> Last { get; } = [];
    public Dictionary<string, string> Notes { get; } = [];

    public List<string> Collected { get; } = [];
    public IDialogue Dialogue => _dialogue;

    /// <summary>Runs lines of <c>caller: …</c> and <c>agent: …</c>. A caller's line is words, <c>&lt;4207&gt;</c> keys, <c>(silent)</c>,
    /// <c>(noise)</c>, <c>(transfer failed)</c> or <c>0.6 words</c> with a confidence.</summary>
    public async Task RunAsync(string script)
    {
        string said = await TurnAsync(new DialogueTurn.CallStarted(Call));
        int number = 0;
        foreach (string line in script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            number++;
            if (line.StartsWith("agent:", StringComparison.Ordinal))
                Assert.Equal($"{number}: {line[6..].Trim()}", $"{number}: {said}");
            else
                said = await CallerAsync(line["caller:".Length..].Trim());
        }
    }

    public Task<string> StartAsync() => TurnAsync(new DialogueTurn.CallStarted(Call));

    public Task<string> CallerAsync(string line) => TurnAsync(Turn(line));

    public DialogueTurn Turn(string line)
    {
        if (line == "(silent)")
            return new DialogueTurn.CallerSilent(++_silent);
        _silent = 0;
        if (line == "(noise)")
            return new DialogueTurn.NotUnderstood(++_notUnderstood);
        _notUnderstood = 0;
        if (line == "(transfer failed)")
            return new DialogueTurn.TransferFailed("200", 486, "Busy Here");
        if (line.StartsWith('<'))
            return new DialogueTurn.CallerPressed(line.Trim('<', '>'));
        double confidence = 0.95;
        if (line.StartsWith("0.", StringComparison.Ordinal))
        {
            string[] parts = line.Split(' ', 2);
            (confidence, line) = (double.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture), parts[1]);
        }
        return new DialogueTurn.CallerSaid(
            new RecognitionResult { IsFinal = true, Outcome = RecognitionOutcome.Recognized, Text = line, Confidence = confidence }, Interrupting: false);
    }

    public async Task<string> TurnAsync(DialogueTurn turn)
    {
        await using IDialogueReply reply = _dialogue.Respond(turn);
        reply.Commit();
        Last.Clear();
        await foreach (DialogueAction action in reply.ReadAsync(CancellationToken.None))
        {
            Last.Add(action);
            if (action is DialogueAction.Listen listen)
                Expectation = listen.Expectation;
            if (action is DialogueAction.Note note)
                Notes[note.Key] = note.Value;
            if (action is DialogueAction.Collect collect)
                Collected.Add($"{collect.Slot}={collect.Value}");
        }
        return Text(Last);
    }

    /// <summary>A clock that stands at Saturday, the 21st of November 2026, 10:00 UTC.</summary>
    public static VirtualTime Saturday()
    {
        var time = new VirtualTime();
        time.Advance(new DateTimeOffset(2026, 11, 21, 10, 0, 0, TimeSpan.Zero) - time.GetUtcNow());
        return time;
    }

    public static string Text(IEnumerable<DialogueAction> actions) => string.Join(' ', actions.Select(action => action switch
    {
        DialogueAction.Say say => say.Text,
        DialogueAction.Play play => play.Text,
        DialogueAction.Transfer transfer => $"[transfer {transfer.Target}]",
        DialogueAction.HangUp hangUp => $"[hang up {hangUp.Disposition}]",
        _ => "",
    }).Where(text => text.Length > 0));

    public static AgentDefinition FrontDesk() => Loaded.Value;

    private static readonly Lazy<AgentDefinition> Loaded = new(LoadFrontDesk);

    private static AgentDefinition LoadFrontDesk()
    {
        Assert.True(AgentDefinition.TryLoad(Path.Combine(Root(), "config/agents/front-desk.yaml"), out AgentDefinition? agent, out IReadOnlyList<ConfigProblem> problems), string.Join('\n', problems));
        return agent;
    }

    public static string Root()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "PhoneAgent.sln")))
            at = Path.GetDirectoryName(at);
        return at ?? throw new InvalidOperationException("The repository's root is not above the tests.");
    }
}
