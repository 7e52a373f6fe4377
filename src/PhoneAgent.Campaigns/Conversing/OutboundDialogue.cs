using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.Campaigns.Conversing;

/// <summary>
/// What stands before and around the agent in a campaign's call: says first that an automated assistant calls, asks whether the
/// call may be recorded where the plan wants that, and takes "stop calling me" at any moment. Effects come with the commit of a
/// reply, so a guess at what the contact is about to say has none.
/// </summary>
public sealed class OutboundDialogue : IDialogue
{
    /// <summary>Disposition of a call that ended because the contact does not want any.</summary>
    public const string OptOutDisposition = "do_not_call";

    private const int MaxQuestions = 2;
    private const char YesKey = '1';
    private const char NoKey = '2';
    private const string ConsentTag = "recording-consent";
    private const string OptOutTag = "do-not-call";

    // For recognisers that hear nothing but what is expected; whatever is heard goes by DoNotCallWords.
    private static readonly string[] s_expected =
    [
        "[please] (stop | quit) calling (me | us | here)", "[please] (don't | do not) call (me | us | here) (again | any more)", "[please] never call (me | us | here) again",
        "[please] (take | remove) (me | my number | us) (off | from) (your | the) list",
    ];

    private readonly IDialogue _agent;
    private readonly CampaignPlan _plan;
    private readonly DoNotCallWords _words;
    private readonly IContactWishes _wishes;
    private readonly Lock _lock = new();
    private CallInfo? _call;
    private int _questions;
    private bool _isAsking;
    private bool _isOver;
    private bool _wasTold;
    // What we said before the agent's own words in the reply that stands; the agent must not take it for his.
    private string _before = "";

    /// <param name="agent">Talks when all that is settled; owned.</param>
    /// <param name="wishes">Told what the contact wants.</param>
    public OutboundDialogue(IDialogue agent, CampaignPlan plan, DoNotCallWords words, IContactWishes wishes) =>
        (_agent, _plan, _words, _wishes) = (agent, plan, words, wishes);

    private bool Asks => _plan.Consent.Recording == RecordingConsent.Ask && _plan.Consent.RecordingQuestion is not null;

    public IDialogueReply Respond(DialogueTurn turn)
    {
        lock (_lock)
        {
            if (_isOver || OptsOut(turn) is not { } source)
                return RespondTo(turn);
            return new OutboundReply(this, [Notice(_plan.OptOut.Goodbye)], null, new DialogueAction.HangUp(OptOutDisposition), () => Leave(source, turn), "");
        }
    }

    private OutboundReply RespondTo(DialogueTurn turn)
    {
        if (turn is DialogueTurn.CallStarted started)
        {
            List<DialogueAction> opening = _plan.Consent.Disclosure is { } disclosure ? [Notice(disclosure)] : [];
            return Asks
                ? Ask(opening, started.Call, first: true)
                : new OutboundReply(this, opening, _agent.Respond(turn), null, () => _call = started.Call, WordsOf(opening));
        }
        // Supervisors and transfers do not answer our question.
        if (!_isAsking || turn is not (DialogueTurn.CallerSaid or DialogueTurn.CallerPressed or DialogueTurn.NotUnderstood or DialogueTurn.CallerSilent))
            return new OutboundReply(this, [], _agent.Respond(turn), null, () => { }, "");
        return Answer(turn) switch
        {
            { } granted => Begin(granted, WordsOf(turn)),
            null when _questions < MaxQuestions => Ask([], _call!, first: false),
            // No yes is a no.
            null => Begin(granted: false, WordsOf(turn)),
        };
    }

    private OutboundReply Ask(List<DialogueAction> opening, CallInfo call, bool first)
    {
        opening.Add(new DialogueAction.Say(_plan.Consent.RecordingQuestion!));
        var listen = new DialogueAction.Listen(WithOptOut(new Expectation
        {
            Answers = [new YesNoAnswer(ConsentTag)],
            Dtmf = new DtmfExpectation(1, null, TimeSpan.FromSeconds(1.5)),
        }));
        return new OutboundReply(this, opening, null, listen, () => (_call, _isAsking, _questions) = (call, true, first ? 1 : _questions + 1), WordsOf(opening));
    }

    private OutboundReply Begin(bool granted, string words) => new(this, [], _agent.Respond(new DialogueTurn.CallStarted(_call!)), null, () =>
    {
        _isAsking = false;
        _wishes.OnRecording(granted, words);
    }, "");

    private void Leave(string source, DialogueTurn turn)
    {
        _isOver = true;
        _wishes.OnOptOut(source, WordsOf(turn));
    }

    public void Heard(string text, bool interrupted)
    {
        string before;
        lock (_lock)
        {
            before = _before;
            _before = "";
            if (!_wasTold && _plan.Consent.Disclosure is { } disclosure && text.StartsWith(disclosure.Trim(), StringComparison.Ordinal))
            {
                _wasTold = true;
                _wishes.OnDisclosureHeard(disclosure);
            }
        }
        if (before.Length == 0)
            _agent.Heard(text, interrupted);
        else if (text.Length > before.Length && text.StartsWith(before, StringComparison.Ordinal))
            _agent.Heard(text[before.Length..].TrimStart(), interrupted);
        else if (!_isAsking)
            _agent.Heard("", interrupted);
    }

    public string? Whisper(string hint) => _agent.Whisper(hint);

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    internal void Commit(Action effect, string before)
    {
        lock (_lock)
        {
            effect();
            _before = before;
        }
    }

    /// <summary>Every answer may be "stop calling me", also for a recogniser that only hears what it expects.</summary>
    internal Expectation WithOptOut(Expectation expected) => expected with
    {
        Answers = [.. expected.Answers, new PhraseAnswer(OptOutTag, s_expected)],
        Dtmf = expected.Dtmf ?? (_plan.OptOut.Key is null ? null : new DtmfExpectation(1, null, TimeSpan.FromSeconds(1.5))),
    };

    private string? OptsOut(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallerSaid said when said.Result.Tag == OptOutTag || _words.Find(said.Result.Text) is not null => "words",
        DialogueTurn.CallerPressed pressed when _plan.OptOut.Key is { } key && pressed.Digits.Length == 1 && pressed.Digits[0] == key => "key",
        _ => null,
    };

    private static bool? Answer(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallerSaid said when YesNo.TryParse(said.Result.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries), out bool yes) => yes,
        DialogueTurn.CallerPressed { Digits: [YesKey] } => true,
        DialogueTurn.CallerPressed { Digits: [NoKey] } => false,
        _ => null,
    };

    private static string WordsOf(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallerSaid said => said.Result.Text,
        DialogueTurn.CallerPressed pressed => $"key {pressed.Digits}",
        _ => "",
    };

    private static string WordsOf(IEnumerable<DialogueAction> actions) => string.Join(' ', actions.OfType<DialogueAction.Say>().Select(say => say.Text.Trim()));

    /// <summary>What the law wants to be heard is not cut off by a "hello?".</summary>
    private static DialogueAction.Say Notice(string text) => new(text, Interruptible: false);
}
