namespace PhoneAgent.Campaigns.DoNotCall;

/// <summary>Puts a file onto a do-not-call list: the good lines, and a report of the others.</summary>
public static class DoNotCallImport
{
    /// <summary>Bad lines that are reported each; the others are only counted.</summary>
    public const int MaxProblems = 100;

    /// <param name="text">Read as it is stored, on the thread pool: a file, or a request's body that was read before.</param>
    /// <param name="by">Who imports.</param>
    /// <param name="reason">Why, and which file it is, for the list's history.</param>
    /// <param name="country"><see cref="DoNotCallFile.Read"/>.</param>
    /// <exception cref="CampaignStoreException">What was added before it stays; import the file again.</exception>
    public static async Task<DoNotCallImportReport> RunAsync(
        IDoNotCallList lists, string list, TextReader text, string? country, string by, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lists);
        List<DoNotCallLine> problems = [];
        int good = 0, bad = 0;
        int added = await Task.Run(() => lists.ImportAsync(Entries(), cancellationToken), cancellationToken).ConfigureAwait(false);
        return new DoNotCallImportReport(added, good - added, bad, problems);

        IEnumerable<DoNotCallEntry> Entries()
        {
            foreach (DoNotCallLine line in DoNotCallFile.Read(text, country))
            {
                if (line.Number is { } number)
                {
                    good++;
                    yield return new DoNotCallEntry(list, number, now, by, Reason: reason);
                }
                else if (++bad <= MaxProblems)
                {
                    problems.Add(line);
                }
            }
        }
    }
}

/// <param name="Added">Numbers that the list did not have.</param>
/// <param name="Known">Lines whose number it had, or an earlier line had.</param>
/// <param name="Bad">Lines that are no number.</param>
/// <param name="Problems">The first of them, with the reason.</param>
public sealed record DoNotCallImportReport(int Added, int Known, int Bad, IReadOnlyList<DoNotCallLine> Problems);
