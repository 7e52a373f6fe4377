namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>The section <c>knowledge:</c> of an agent file.</summary>
/// <param name="Folder">Full path of the folder of Markdown, text and CSV files.</param>
/// <param name="Passages">How many the model is given at most.</param>
/// <param name="EachTurn">Passages that fit the caller's words are given with every turn; otherwise the model asks with a tool.</param>
public sealed record KnowledgeDefinition(string Folder, int Passages, bool EachTurn);

/// <summary>The section <c>after_call:</c>: what is written down when a call is over.</summary>
/// <param name="Summary">A short summary of the call.</param>
/// <param name="Dispositions">The words a call may be filed under; empty: any.</param>
/// <param name="Fields">What to find in the conversation.</param>
public sealed record AfterCallDefinition(bool Summary, IReadOnlyList<string> Dispositions, IReadOnlyList<AfterCallField> Fields);

public enum AfterCallType
{
    Text,
    Number,
    YesNo,
    Date,
    Time,
    Choice,
}

/// <param name="Description">What it means, for the model.</param>
/// <param name="Values">The possible values of a <see cref="AfterCallType.Choice"/>.</param>
/// <param name="Note">The call's note (<see cref="DialogueAction.Note"/>) that holds it where no model is at hand; null: <paramref name="Name"/>.</param>
public sealed record AfterCallField(string Name, AfterCallType Type, string Description, bool Required, IReadOnlyList<string> Values, string? Note);
