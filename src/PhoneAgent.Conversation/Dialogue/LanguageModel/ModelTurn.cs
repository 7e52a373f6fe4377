using System.Globalization;
using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Prompting;
using PhoneAgent.Conversation.Dialogue.LanguageModel.Tools;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>
/// Makes one reply. This part: what each kind of turn leads to. Silence, noise and the like are answered with the agent's
/// own wordings, because a model would only cost time there. Used once.
/// </summary>
/// <param name="stands">Ends when the turn stands.</param>
/// <param name="emit">Takes the steps of the reply; any thread.</param>
/// <param name="leave">Takes work that goes on behind the reply.</param>
/// <param name="refusesHandOver">Says why a hand-over to an agent is not possible, or null; itself null where there is no team.</param>
internal sealed partial class ModelTurn(
    ModelParts parts, TurnSnapshot snapshot, ReplyProgress progress, Task stands, Action<DialogueAction> emit, Action<Task> leave, Func<string, string?>? refusesHandOver)
{
    private readonly DateTimeOffset _now = parts.Time.GetLocalNow();

    private AgentDefinition Agent => parts.Agent;

    private DateOnly Today => DateOnly.FromDateTime(_now.DateTime);

    private TurnNote Note => snapshot.Hints.Aggregate(new TurnNote(_now), (note, hint) => note.Add($"your supervisor, whom the caller does not hear, tells you: {TurnNote.Plain(hint)}"));

    public async Task RunAsync(DialogueTurn turn, CancellationToken cancellationToken)
    {
        foreach (TimelineEvent happened in snapshot.Pending)
            Report(happened);
        switch (turn)
        {
            case DialogueTurn.CallStarted:
                await BeginAsync(cancellationToken).ConfigureAwait(false);
                break;
            case DialogueTurn.CallerSaid said when Agent.HumanTarget is not null && said.Result.Confidence >= Agent.Confidence.Accept && CommandPhrases.AsksForHuman(said.Result.Text):
                // Obeyed at once: a model might ask why, or offer itself.
                await TransferToHumanAsync(TransferReasons.Asked, "human", Note, said.Result.Text, cancellationToken).ConfigureAwait(false);
                break;
            case DialogueTurn.CallerSaid said:
                await AnswerAsync(said, cancellationToken).ConfigureAwait(false);
                break;
            case DialogueTurn.CallerPressed { Digits: "0" } when Agent.HumanTarget is not null:
                await TransferToHumanAsync(TransferReasons.Asked, "human", Note.Add("the caller pressed 0, which always is a person"), "", cancellationToken).ConfigureAwait(false);
                break;
            case DialogueTurn.CallerPressed pressed:
                await AskModelAsync(Note.Add($"the caller pressed {TurnNote.Plain(pressed.Digits)}").With(""), "", cancellationToken).ConfigureAwait(false);
                break;
            case DialogueTurn.NotUnderstood missed:
                await NotUnderstoodAsync(missed.Count, cancellationToken).ConfigureAwait(false);
                break;
            case DialogueTurn.CallerSilent silent:
                Silent(silent.Count);
                break;
            case DialogueTurn.Escalated escalated:
                await TransferToHumanAsync(TransferReasons.Frustrated(escalated.Reason), "escalated", Note.Add("the caller is frustrated; a person takes over"), "", cancellationToken).ConfigureAwait(false);
                break;
            case DialogueTurn.HandedBack handed:
                await AskModelAsync(Note.Add(HandedBack(handed)).With(""), handed.Words, cancellationToken).ConfigureAwait(false);
                break;
            case DialogueTurn.TransferFailed failed:
                await TransferFailedAsync(failed, Note, "", cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(turn));
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (snapshot.Handed is { } handed)
        {
            string note = $"you have just taken this call over from {TurnNote.Plain(handed.From)}, because: {TurnNote.Plain(handed.Reason)}. Go on with what the caller wants; do not greet again";
            await AskModelAsync(Note.Add(note).With(""), handed.Reason, cancellationToken).ConfigureAwait(false);
            return;
        }
        if (parts.Model.Greeting.Count == 0)
        {
            await AskModelAsync(Note.Add("the call begins; greet the caller in one sentence and ask what you can do").With(""), "", cancellationToken).ConfigureAwait(false);
            return;
        }
        BeginExchange(Note.Add("the call begins").With(""));
        // Calls differ in their beginning, or all callers of an hour would hear the first variant.
        int variant = (int)((uint)StringComparer.Ordinal.GetHashCode(snapshot.Call.Id) % (uint)parts.Model.Greeting.Count);
        Say(Render(parts.Model.Greeting[variant]));
        Listen();
    }

    private Task AnswerAsync(DialogueTurn.CallerSaid said, CancellationToken cancellationToken)
    {
        RecognitionResult result = said.Result;
        TurnNote note = Note
            .AddIf(said.Interrupting, "the caller spoke while you were speaking")
            .AddIf(said.Mood is not null, $"the caller seems {said.Mood}")
            .AddIf(result.Confidence < Agent.Confidence.Confirm, "heard very badly; it may be something else, so ask")
            .AddIf(result.Confidence >= Agent.Confidence.Confirm && result.Confidence < Agent.Confidence.Accept,
                string.Create(CultureInfo.InvariantCulture, $"heard with a confidence of {result.Confidence:0.0}; read back what matters"));
        if (ChangedLanguage(result) is { } language)
            note.Add($"the caller now speaks {language.Tag}; answer in that language");
        return AskModelAsync(note.With(result.Text), result.Text, cancellationToken);
    }

    /// <summary>The caller went over to another of the agent's languages, clearly enough to follow.</summary>
    private AgentLanguage? ChangedLanguage(RecognitionResult result)
    {
        if (result.Language is not { } heard || result.Confidence < Agent.Confidence.Accept || IsSame(heard, progress.State.Language))
            return null;
        AgentLanguage? language = Agent.Languages.Append(new AgentLanguage(Agent.Language, Agent.Voice, null)).FirstOrDefault(one => IsSame(heard, one.Tag));
        if (language is null)
            return null;
        progress.State = progress.State with { Language = language.Tag };
        emit(new DialogueAction.UseVoice(language.Voice, language.Tag));
        return language;
    }

    /// <summary>Recognisers often tell the language without the country.</summary>
    private static bool IsSame(string heard, string tag) =>
        heard.Equals(tag, StringComparison.OrdinalIgnoreCase)
        || ((!heard.Contains('-', StringComparison.Ordinal) || !tag.Contains('-', StringComparison.Ordinal)) && heard.Split('-')[0].Equals(tag.Split('-')[0], StringComparison.OrdinalIgnoreCase));

    private async Task NotUnderstoodAsync(int count, CancellationToken cancellationToken)
    {
        TurnNote about = Note.Add("the caller said something that was not understood");
        BeginExchange(about.With(""));
        if (count < Agent.Limits.NotUnderstood)
        {
            SayWording("not_understood");
            Listen();
            return;
        }
        SayWording("give_up");
        if (Agent.HumanTarget is not null)
        {
            await TransferToHumanAsync(TransferReasons.NotUnderstood, "human", about, "", cancellationToken).ConfigureAwait(false);
            return;
        }
        SayWording("give_up_goodbye");
        emit(new DialogueAction.HangUp("not-understood"));
    }

    private void Silent(int count)
    {
        BeginExchange(Note.Add("the caller says nothing").With(""));
        if (count < Agent.Limits.Silent)
        {
            SayWording("silent");
            Listen();
            return;
        }
        SayWording("silent_goodbye");
        emit(new DialogueAction.HangUp("silent"));
    }

    private async Task TransferFailedAsync(DialogueTurn.TransferFailed failed, TurnNote about, string words, CancellationToken cancellationToken)
    {
        SayAside(Wording("transfer_failed"));
        string status = failed.StatusCode is { } code ? string.Create(CultureInfo.InvariantCulture, $" ({code})") : "";
        string offer = Agent.Humans?.Offer switch
        {
            NobodyOffer.Message => "offer to take a message",
            NobodyOffer.Callback => "offer a callback",
            _ => "offer to take a message or a callback",
        };
        string why = failed.Reason is { Length: > 0 } reason ? $": {reason}" : "";
        string note = $"the transfer did not work{status}{why}, and the caller has just been told that nobody could be reached; {offer}, if you can";
        await AskModelAsync(about.Add(note).With(words), "", cancellationToken).ConfigureAwait(false);
    }

    private static string HandedBack(DialogueTurn.HandedBack handed)
    {
        string said = handed.Words.Length > 0 ? $"; to that colleague the caller said: \"{TurnNote.Plain(handed.Words)}\"" : "";
        string note = handed.Note is { } wish ? $"; the colleague tells you: {TurnNote.Plain(wish)}" : "";
        return $"a colleague has just talked to the caller and gives the call back to you{said}{note}. Say in one sentence that you go on, and go on; do not greet again";
    }

    /// <param name="about">What happened, and <paramref name="words"/>, what the caller said.</param>
    private async Task TransferToHumanAsync(string reason, string wording, TurnNote about, string words, CancellationToken cancellationToken)
    {
        BeginExchange(about.With(words));
        if (Agent.Humans is not { } humans)
        {
            // Who escalates is the call; an agent who has taken it over may know nobody.
            SayWording("no_human");
            Listen();
        }
        else if (!humans.IsAnybodyThere(skill: null, _now))
        {
            emit(new DialogueAction.Note(TransferReasons.NobodyNote, TransferReasons.NobodyThere));
            var failed = new DialogueTurn.TransferFailed(humans.Number, null, TransferReasons.NobodyThere);
            await TransferFailedAsync(failed, about, words, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            SayWording(wording);
            emit(Agent.TransferTo(humans.Number, reason));
        }
    }

    private void BeginExchange(string caller) => progress.Exchange = progress.Exchange with { Caller = caller };

    private void Report(TimelineEvent happened) => emit(new DialogueAction.Report(happened));

    private void Say(string text)
    {
        if (text.Length == 0)
            return;
        progress.Exchange = progress.Exchange.AddSaid(text);
        emit(new DialogueAction.Say(text));
    }

    private void SayWording(string name) => Say(Wording(name));

    /// <summary>One of the agent's own sentences, its variants in turn.</summary>
    private string Wording(string name)
    {
        ReplyState state = progress.State;
        Lines variants = (Agent.Languages.FirstOrDefault(language => language.Tag == state.Language)?.Wordings ?? Agent.Wordings)[name];
        if (variants.Count == 0)
            return "";
        int said = state.Said.GetValueOrDefault(name);
        progress.State = state with { Said = state.Said.SetItem(name, said + 1) };
        return Render(variants[said % variants.Count]);
    }

    private string Render(Template template) => template.Render((name, format) =>
        SpokenForms.Say(CallVariables.Value(name, Agent, snapshot.Call, _now) ?? Agent.Variables.GetValueOrDefault(name, ""), format, Today, Agent.Language));

    private void Listen() => emit(new DialogueAction.Listen(Hearable.After(Agent, progress.Exchange.Said)));
}
