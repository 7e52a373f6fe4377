using System.Globalization;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel.Tools.BuiltIn;

/// <summary>The tools that are steps of the dialogue: transfer, hang up, keys, message, callback, disposition, hand-over.</summary>
internal static class BuiltInTools
{
    /// <summary>Null for a definition that is no such tool.</summary>
    public static ITool? Make(ToolDefinition definition) => definition switch
    {
        ToolDefinition.Transfer transfer => Transfer(transfer),
        ToolDefinition.HangUp hangUp => HangUp(hangUp),
        ToolDefinition.Keys keys => Keys(keys),
        ToolDefinition.Message message => Message(message),
        ToolDefinition.Callback callback => Callback(callback),
        ToolDefinition.Disposition disposition => Disposition(disposition),
        ToolDefinition.HandOverTo handOver => HandOver(handOver),
        _ => null,
    };

    private static ActionTool Transfer(ToolDefinition.Transfer definition) => new(
        definition.Name,
        definition.Description ?? "Transfers the caller to a person, when the caller asks for one or you cannot help. Say so first. Nothing follows it.",
        ToolSchema.Of(
            ToolSchema.OneOf("to", "Who.", [.. definition.Targets.Keys, .. definition.Skills], required: definition.Targets.Count + definition.Skills.Count > 1),
            ToolSchema.Text("reason", "Why, in a few words, for the person who takes the call.")),
        (arguments, context) =>
        {
            string to = arguments.Argument("to") is { Length: > 0 } named ? named : definition.Targets.Keys.First();
            string? skill = definition.Skills.Contains(to) ? to : null;
            string target = skill is null ? definition.Targets[to] : definition.Humans!.Number;
            HumanPlan? humans = target == definition.Humans?.Number ? definition.Humans : null;
            if (humans?.IsAnybodyThere(skill, context.Now) == false)
                return ToolResult.Failed($"The caller was not transferred: {TransferReasons.NobodyThere}. Say so, and offer what else you can do.");
            return ToolResult.Ok("The caller is being transferred.", new DialogueAction.Transfer(target, arguments.Argument("reason"))
            {
                Humans = humans,
                Skill = skill,
            });
        });

    private static ActionTool HangUp(ToolDefinition.HangUp definition) => new(
        definition.Name,
        definition.Description ?? "Ends the call, when the caller has said goodbye or wants nothing more. Say goodbye first. Nothing follows it.",
        definition.Dispositions.Count == 0 ? ToolSchema.Of() : ToolSchema.Of(ToolSchema.OneOf("disposition", "How the call ended.", definition.Dispositions)),
        (arguments, _) => ToolResult.Ok("The call ends.", new DialogueAction.HangUp(arguments.Argument("disposition") is { Length: > 0 } word ? word : "completed")));

    private static ActionTool Keys(ToolDefinition.Keys definition) => new(
        definition.Name,
        definition.Description ?? "Presses telephone keys, for a machine at the other end that asks for them.",
        ToolSchema.Of(ToolSchema.Text("digits", "0-9, * and #, in order.", "^[0-9*#]{1,32}$")),
        (arguments, _) => ToolResult.Ok("The keys were pressed.", new DialogueAction.SendDtmf(arguments.Argument("digits"))));

    private static ActionTool Message(ToolDefinition.Message definition) => new(
        definition.Name,
        definition.Description ?? "Takes a message for a colleague. Ask for the name and the message first, and read it back.",
        ToolSchema.Of(
            ToolSchema.Text("message", "The message, in the caller's words."),
            ToolSchema.Text("name", "The caller's name.", required: false),
            ToolSchema.Text("number", "Where to reach the caller; left out: the number of this call.", @"^\+?[0-9 ()-]{3,24}$", required: false),
            ToolSchema.Text("for", "Who it is for.", required: false)),
        (arguments, context) => ToolResult.Ok("The message was taken.", Notes(
            ("message", arguments.Argument("message")),
            ("message_name", arguments.Argument("name")),
            ("message_number", arguments.Argument("number") is { Length: > 0 } number ? number : context.Call.RemoteParty),
            ("message_for", arguments.Argument("for")))));

    private static ActionTool Callback(ToolDefinition.Callback definition) => new(
        definition.Name,
        definition.Description ?? "Notes that the caller is to be called back. Agree on the day and time first and read them back.",
        ToolSchema.Of(
            ToolSchema.Text("day", "yyyy-MM-dd", @"^\d{4}-\d{2}-\d{2}$"),
            ToolSchema.Text("time", "HH:mm, 24 hours", @"^([01]\d|2[0-3]):[0-5]\d$"),
            ToolSchema.Text("number", "Left out: the number of this call.", @"^\+?[0-9 ()-]{3,24}$", required: false),
            ToolSchema.Text("subject", "What it is about.", required: false)),
        ScheduleCallback);

    private static ToolResult ScheduleCallback(System.Text.Json.JsonElement arguments, ToolContext context)
    {
        string when = $"{arguments.Argument("day")} {arguments.Argument("time")}";
        if (!DateTime.TryParseExact(when, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime time))
            return ToolResult.Failed("There is no such day.");
        if (time < context.Now.DateTime)
            return ToolResult.Failed("That time is over. Ask for another.");
        string number = arguments.Argument("number") is { Length: > 0 } given ? given : context.Call.RemoteParty;
        if (!number.Any(char.IsAsciiDigit))
            return ToolResult.Failed("The caller's number is not known. Ask for one.");
        return ToolResult.Ok("The callback is noted.", Notes(
            ("callback_number", number), ("callback_day", arguments.Argument("day")), ("callback_time", arguments.Argument("time")), ("callback_subject", arguments.Argument("subject"))));
    }

    private static ActionTool Disposition(ToolDefinition.Disposition definition) => new(
        definition.Name,
        definition.Description ?? "Files this call under a word, as soon as it is clear. The call goes on.",
        ToolSchema.Of(ToolSchema.OneOf("disposition", "The word.", definition.Values)),
        (arguments, _) => ToolResult.Ok("Filed.", new DialogueAction.Note("disposition", arguments.Argument("disposition"))));

    private static ActionTool HandOver(ToolDefinition.HandOverTo definition) => new(
        definition.Name,
        definition.Description ?? $"Gives the call to another agent, who knows more about it: {string.Join("; ", definition.Agents.Select(agent => $"{agent.Key}: {agent.Value}"))}. Nothing follows it.",
        ToolSchema.Of(
            ToolSchema.OneOf("agent", "Who.", definition.Agents.Keys),
            ToolSchema.Text("reason", "What the caller wants, in one sentence, for the agent who takes over.")),
        (arguments, _) => new ToolResult(ToolOutcome.Ok, "The call was handed over.") { HandOver = new HandOver(arguments.Argument("agent"), arguments.Argument("reason")) });

    private static IReadOnlyList<DialogueAction> Notes(params IEnumerable<(string Key, string Value)> notes) =>
        [.. notes.Where(note => note.Value.Length > 0).Select(note => new DialogueAction.Note(note.Key, note.Value))];
}
