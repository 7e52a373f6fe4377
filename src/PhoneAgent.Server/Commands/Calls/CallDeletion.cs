using System.CommandLine;
using PhoneAgent.Server.History;

namespace PhoneAgent.Server.Commands.Calls;

/// <summary><c>calls delete</c>: calls by their ids, or all that is kept of a number. Asks first.</summary>
internal static class CallDeletion
{
    public static Command Create(Func<string?> ask, CallLeaf leaf)
    {
        var ids = new Argument<string[]>("call") { Description = "Calls, by their ids.", Arity = ArgumentArity.ZeroOrMore };
        var number = new Option<string?>("--number") { Description = "Every call of this number or name, and what campaigns know of the number (written with + and its country).", HelpName = "number" };
        var yes = new Option<bool>("--yes", "-y") { Description = "Does not ask." };
        return leaf("delete", "Deletes calls with their timelines, transcripts and recordings, for good.", [ids, number, yes], (result, tools, token) =>
        {
            Func<string, bool> mayDelete = question => result.GetValue(yes) || IsYes(tools, question, ask);
            return (result.GetValue(ids)!, result.GetValue(number)) switch
            {
                ([], { } party) when !string.IsNullOrWhiteSpace(party) => DeleteOfAsync(tools, party, mayDelete, token),
                ({ Length: > 0 } named, null) => DeleteAsync(tools, [.. named.Distinct()], mayDelete, token),
                _ => Task.FromResult(tools.Refuse("Name calls by their ids, or --number.")),
            };
        });
    }

    private static async Task<int> DeleteAsync(CallTools tools, string[] ids, Func<string, bool> mayDelete, CancellationToken cancellationToken)
    {
        foreach (string id in ids)
            if (await tools.Calls.FindAsync(id, cancellationToken).ConfigureAwait(false) is null)
                return tools.Refuse(tools.NoCall(id));
        if (!mayDelete($"Delete {Count(ids.Length)} for good?"))
            return tools.Refuse("Nothing is deleted.");
        // Begun, it is not left half done.
        (int deleted, int failed) = await tools.Calls.DeleteAsync(ids, CancellationToken.None).ConfigureAwait(false);
        return Say(tools, $"{Count(deleted)} deleted.", failed);
    }

    private static async Task<int> DeleteOfAsync(CallTools tools, string party, Func<string, bool> mayDelete, CancellationToken cancellationToken)
    {
        int calls = await tools.Calls.CountOfAsync(party, cancellationToken).ConfigureAwait(false);
        if (!mayDelete($"Delete {Count(calls)} of {party}, and what campaigns know of the number, for good?"))
            return tools.Refuse("Nothing is deleted.");
        DeletedCaller gone = await DeletedCaller.DeleteAsync(party, tools.Calls, tools.Campaigns, tools.Transit).ConfigureAwait(false);
        if (gone.Note is { } note)
            tools.Error.WriteLine(note);
        return Say(tools, $"{Count(gone.Deleted)} and {gone.CampaignRows} {(gone.CampaignRows == 1 ? "entry" : "entries")} of campaigns deleted.", gone.Failed);
    }

    private static int Say(CallTools tools, string done, int failed)
    {
        tools.Out.WriteLine(done);
        return failed == 0 ? 0 : tools.Refuse($"{Count(failed)} could not be deleted: see above, mend it and say it again.");
    }

    private static bool IsYes(CallTools tools, string question, Func<string?> ask)
    {
        tools.Error.Write($"{question} [y/N] ");
        return ask()?.Trim().ToLowerInvariant() is "y" or "yes";
    }

    private static string Count(int calls) => calls == 1 ? "1 call" : $"{calls} calls";
}
