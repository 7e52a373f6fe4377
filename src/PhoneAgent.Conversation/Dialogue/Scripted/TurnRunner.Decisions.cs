using System.Globalization;
using PhoneAgent.Conversation.Dialogue.Language;

namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>What a turn leads to. Each method puts what is said into the reply and gives the step to go on with, or null when the reply is complete.</summary>
internal sealed partial class TurnRunner
{
    /// <summary>The miss at which the question is put another way.</summary>
    private const int AnotherWayMiss = 3;

    private StepEnd.Ask? CurrentAsk => Expecting.AskOf(agent, State.AskStep);

    private string? Decide(DialogueTurn turn) => turn switch
    {
        DialogueTurn.CallStarted => agent.Start,
        DialogueTurn.CallerSaid said => Handle(new Understanding(agent, State, Today).OfWords(said.Result)),
        DialogueTurn.CallerPressed pressed => Handle(new Understanding(agent, State, Today).OfKeys(pressed.Digits)),
        DialogueTurn.NotUnderstood => NotUnderstood(),
        DialogueTurn.CallerSilent silent => Silent(silent.Count),
        DialogueTurn.TransferFailed => TransferFailed(),
        DialogueTurn.HandedBack => CurrentAsk is null ? null : AskAgain(),
        DialogueTurn.Escalated escalated => Escalate(TransferReasons.Frustrated(escalated.Reason)),
        _ => throw new ArgumentOutOfRangeException(nameof(turn)),
    };

    private string? Handle(Understood understood)
    {
        if (understood is Understood.Nothing || understood.Confidence < agent.Confidence.Confirm)
        {
            _out.Add(new DialogueAction.Misunderstood(State.Misses + 1));
            return NotUnderstood();
        }
        bool clear = understood.Confidence >= agent.Confidence.Accept;
        switch (understood)
        {
            case Understood.Confirmed confirmed:
                return Confirmed(confirmed.Yes);
            case Understood.PartOfDigits part:
                return AskRest(part);
            case Understood.TooManyDigits many:
                State = State with { PartialDigits = "", PartialConfidence = 1 };
                SayWording("too_many_digits", ("count", SpokenNumbers.Cardinal(many.Count)), ("label", many.Slot.Label), ("max", SpokenNumbers.Cardinal(many.Slot.Max)));
                return AskAgain();
            case Understood.Answer { Item: SlotDefinition slot } answer:
                bool ask = slot.Confirm == ConfirmPolicy.Always || (!clear && slot.Confirm == ConfirmPolicy.Unclear);
                return ask ? Confirm(answer, clear ? "read_back" : "did_you_say", SpokenValue(slot, answer.Value)) : Accept(answer);
            case Understood.Answer { Item: IntentDefinition intent } answer:
                return clear ? Accept(answer) : Confirm(answer, "did_you_want", intent.Label);
            case Understood.Command { Which: DialogueCommand.Human } command when !clear:
                return Confirm(command, "did_you_want", Wording("want_human"));
            case Understood.Command { Which: DialogueCommand.Goodbye } command when !clear:
                return Confirm(command, "did_you_want", Wording("want_goodbye"));
            case Understood.Command command:
                return Obey(command.Which);
            default:
                throw new InvalidOperationException("Nothing handles this answer.");
        }
    }

    private string? Accept(Understood what)
    {
        State = State with { Confirming = null };
        if (what is Understood.Command command)
            return Obey(command.Which);
        var answer = (Understood.Answer)what;
        SetVariable(answer.Item.Name, answer.Value);
        if (answer.Item is SlotDefinition)
            Collect(answer.Item.Name, answer.Value);
        foreach ((string slot, string value) in answer.Slots)
        {
            SetVariable(slot, value);
            Collect(slot, value);
        }
        if (answer.Item is FreeTextSlot)
            SetVariable($"{answer.Item.Name}.recording", $"{State.Call?.Id} {Clock(moment.ListeningSince)}-{Clock(moment.Offset)}");
        State = State with { Misses = 0, PartialDigits = "", PartialConfidence = 1, LastAnswer = (answer.Step, answer.Item) };
        return Expecting.AskOf(agent, answer.Step)!.Target(answer.Item, answer.Value);
    }

    private void Collect(string slot, string value)
    {
        if (value.Length > 0)
            _out.Add(new DialogueAction.Collect(slot, value));
    }

    private string? Confirm(Understood what, string wording, string heard)
    {
        string question = Wording(wording, ("heard", heard));
        State = State with { Confirming = new Confirmation(what, question), PartialDigits = "", PartialConfidence = 1 };
        Say(question);
        Listen();
        return null;
    }

    private string? Confirmed(bool yes)
    {
        Understood what = State.Confirming!.What;
        if (yes)
            return Accept(what);
        State = State with { Confirming = null, Misses = State.Misses + 1 };
        SayWording("sorry_again");
        return State.Misses >= AnotherWayMiss ? AnotherWay() : AskAgain();
    }

    private string? AskRest(Understood.PartOfDigits part)
    {
        State = State with { PartialDigits = part.Digits, PartialConfidence = part.Confidence, Misses = 0, Confirming = null };
        int missing = part.Slot.Min - part.Digits.Length;
        string heard = SpokenValue(part.Slot, part.Digits);
        if (missing == 1)
            SayWording("last_digit", ("heard", heard));
        else
            SayWording("rest_of_digits", ("heard", heard), ("missing", SpokenNumbers.Cardinal(missing)));
        Listen();
        return null;
    }

    private string? Obey(DialogueCommand command)
    {
        State = State with { Misses = 0 };
        if (command is not DialogueCommand.Repeat && agent.CommandSteps.TryGetValue(command, out string? step))
        {
            State = State with { Confirming = null };
            return step;
        }
        switch (command)
        {
            case DialogueCommand.Human:
                return TransferToHuman(TransferReasons.Asked, "human");
            case DialogueCommand.Goodbye:
                SayWording("goodbye");
                _out.Add(new DialogueAction.HangUp("completed"));
                return null;
            case DialogueCommand.Help:
                Say(CurrentAsk?.Help is { } help ? Render(help, spoken: true) : Wording("help"));
                return AskAgain();
            case DialogueCommand.Correct:
                return Correct();
            default:
                foreach (string text in State.LastContent)
                    Say(text);
                Listen();
                return null;
        }
    }

    private string? Correct()
    {
        if (State.Confirming is not null)
            return Confirmed(yes: false);
        SayWording("sorry_again");
        if (State.LastAnswer is not { } last)
            return AskAgain();
        State = State with { LastAnswer = null };
        AskQuestion(last.Step, Expecting.AskOf(agent, last.Step)!);
        return null;
    }

    private string? NotUnderstood()
    {
        // Open speech that no engine wrote down: the recording has it.
        if (State.Confirming is null && CurrentAsk?.Expect.OfType<FreeTextSlot>().FirstOrDefault() is { } message)
            return Accept(new Understood.Answer(State.AskStep!, message, "", new Dictionary<string, string>()));
        State = State with { Misses = State.Misses + 1 };
        if (State.Misses >= agent.Limits.NotUnderstood)
        {
            SayWording("give_up");
            return GiveUp();
        }
        _isNew = false;
        if (State.Misses >= AnotherWayMiss)
            return AnotherWay();
        SayVariantNumber("not_understood", State.Misses - 1);
        return AskAgain();
    }

    private string? GiveUp()
    {
        if (agent.CommandSteps.ContainsKey(DialogueCommand.Human) || agent.HumanTarget is not null)
            return TransferToHuman(TransferReasons.NotUnderstood, "human");
        SayWording("give_up_goodbye");
        _out.Add(new DialogueAction.HangUp("not-understood"));
        return null;
    }

    private string? TransferToHuman(string reason, string wording)
    {
        if (agent.CommandSteps.TryGetValue(DialogueCommand.Human, out string? step))
            return step;
        if (agent.HumanTarget is null)
        {
            SayWording("no_human");
            return AskAgain();
        }
        if (IsNobodyThere(agent.HumanTarget, skill: null))
            return NobodyIsThere(failed: null);
        SayWording(wording);
        State = State with { Confirming = null, TransferFailedStep = null };
        _out.Add(agent.TransferTo(agent.HumanTarget, reason));
        return null;
    }

    /// <summary>The caller did not ask: he hears why, and not what the step for callers who ask says.</summary>
    private string? Escalate(string reason)
    {
        if (!agent.CommandSteps.TryGetValue(DialogueCommand.Human, out string? name))
            return TransferToHuman(reason, "escalated");
        if (agent.Steps[name] is not { End: StepEnd.Transfer transfer } step || IsNobodyThere(Render(transfer.Target, spoken: false), transfer.Skill))
            return name;
        Keep(step);
        SayWording("escalated");
        Connect(transfer, reason);
        return null;
    }

    private void Connect(StepEnd.Transfer transfer, string reason)
    {
        State = State with { TransferFailedStep = transfer.Failed, Confirming = null };
        _out.Add(agent.TransferTo(Render(transfer.Target, spoken: false), reason, transfer.Skill));
    }

    /// <summary>Known before a colleague is announced. Once a reply: a script may try again where nobody is there.</summary>
    private bool IsNobodyThere(string target, string? skill) =>
        !_foundNobody && target == agent.HumanTarget && agent.Humans?.IsAnybodyThere(skill, moment.Now) == false;

    private string? NobodyIsThere(string? failed)
    {
        _foundNobody = true;
        _out.Add(new DialogueAction.Note(TransferReasons.NobodyNote, TransferReasons.NobodyThere));
        State = State with { TransferFailedStep = failed, Confirming = null };
        return TransferFailed();
    }

    private string? TransferFailed()
    {
        if ((State.TransferFailedStep ?? agent.Humans?.Step) is { } step)
        {
            State = State with { TransferFailedStep = null };
            return step;
        }
        SayWording("transfer_failed");
        if (CurrentAsk is not null)
            return AskAgain();
        SayWording("goodbye");
        _out.Add(new DialogueAction.HangUp("transfer-failed"));
        return null;
    }

    private string? Silent(int count)
    {
        if (count >= agent.Limits.Silent)
        {
            SayWording("silent_goodbye");
            _out.Add(new DialogueAction.HangUp("silent"));
            return null;
        }
        _isNew = false;
        SayWording("silent");
        return AskAgain();
    }

    /// <summary>Puts the standing question again, and before it what the caller cut off.</summary>
    private string? AskAgain()
    {
        if (State.Confirming is { } confirmation)
        {
            if (State.Misses > 0)
                SayWording("say_yes_or_no");
            Say(confirmation.Question);
        }
        else if (moment.Unheard.Length > 0 && moment.Unheard.EndsWith(State.Question, StringComparison.Ordinal))
        {
            Say(moment.Unheard);
        }
        else
        {
            string question = State.Misses > 0 && CurrentAsk is { Reprompt.Count: > 0 } ask ? Variant($"{State.AskStep}.reprompt", ask.Reprompt) : State.Question;
            Say(question);
        }
        Listen();
        return null;
    }

    /// <summary>The third time: keys instead of words, or a person.</summary>
    private string? AnotherWay()
    {
        SayWording("another_way");
        State = State with { Confirming = State.Confirming, PartialDigits = "", PartialConfidence = 1 };
        if (State.Confirming is { } confirmation)
        {
            Say(confirmation.Question);
            SayWording("enter_yes_no");
        }
        else
        {
            foreach (IExpectedItem item in CurrentAsk?.Expect ?? [])
                SayKeys(item);
        }
        if (agent.HumanTarget is not null || agent.CommandSteps.ContainsKey(DialogueCommand.Human))
            SayWording("press_human");
        Listen();
        return null;
    }

    private void SayKeys(IExpectedItem item)
    {
        switch (item)
        {
            case IntentDefinition { Key: { } key } intent:
                SayWording("press_key", ("label", intent.Label), ("key", KeyName(key)));
                break;
            case ChoiceSlot choice:
                foreach (Choice option in choice.Choices.Where(option => option.Key is not null))
                    SayWording("press_key", ("label", option.Label), ("key", KeyName(option.Key!.Value)));
                break;
            case DigitsSlot digits:
                SayWording("enter_digits", ("label", digits.Label));
                break;
            case DateSlot:
                SayWording("enter_date");
                break;
            case TimeSlot:
                SayWording("enter_time");
                break;
            case YesNoSlot when !CurrentAsk!.Expect.Any(other => other is IntentDefinition { Key: not null }):
                Say(State.Question);
                SayWording("enter_yes_no");
                break;
        }
    }

    private void SayVariantNumber(string wording, int index)
    {
        IReadOnlyList<Template> variants = agent.Wordings[wording].For(State.Mood).Variants;
        if (variants.Count > 0)
            Say(Render(variants[Math.Min(index, variants.Count - 1)], spoken: true));
    }

    private string SpokenValue(SlotDefinition slot, string value) => slot is ChoiceSlot choice
        ? choice.Choices.First(option => option.Name == value).Label
        : SpokenForms.Say(value, slot.Format, Today, agent.Language);

    private static string KeyName(char key) => char.IsAsciiDigit(key) ? SpokenNumbers.Cardinal(key - '0') : "pound";

    private static string Clock(TimeSpan offset) => offset.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
}
