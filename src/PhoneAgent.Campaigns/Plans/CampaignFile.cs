using System.Diagnostics.CodeAnalysis;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Pacing;
using PhoneAgent.Campaigns.Windows;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Dialogue.Scripted.Files;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Campaigns.Plans;

/// <summary>Reads a campaign's definition to its end, whatever is wrong in it.</summary>
internal sealed partial class CampaignFile
{
    private const int MaxCharacters = 1 << 20;
    private static readonly TimeSpan LongestRinging = TimeSpan.FromMinutes(5);

    private readonly string _path;
    private readonly List<ConfigProblem> _problems;
    private readonly MapReader _root;

    private CampaignFile(string path, List<ConfigProblem> problems, MapNode root) =>
        (_path, _problems, _root) = (path, problems, new MapReader(path, problems, root, ""));

    public static bool TryLoad(string path, [NotNullWhen(true)] out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> problems)
    {
        plan = null;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxCharacters })
            {
                problems = [new ConfigProblem(path, 0, 0, "", "the file is larger than 1 MiB; it is no campaign")];
                return false;
            }
            return TryParse(File.ReadAllText(path), path, out plan, out problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems = [new ConfigProblem(path, 0, 0, "", $"the file cannot be read: {e.Message}")];
            return false;
        }
    }

    public static bool TryParse(string text, string path, [NotNullWhen(true)] out CampaignPlan? plan, out IReadOnlyList<ConfigProblem> problems)
    {
        var found = new List<ConfigProblem>();
        plan = text.Length > MaxCharacters ? null : Parse(text, path, found);
        if (text.Length > MaxCharacters)
            found.Add(new ConfigProblem(path, 0, 0, "", "longer than 1 MiB; it is no campaign"));
        problems = [.. found.OrderBy(problem => problem.File == path ? 0 : 1).ThenBy(problem => problem.Line).ThenBy(problem => problem.Column)];
        if (problems.Count > 0)
            plan = null;
        return plan is not null;
    }

    private static CampaignPlan? Parse(string text, string path, List<ConfigProblem> problems)
    {
        ConfigNode? root = ConfigTree.Read(path, new StringReader(text), problems);
        if (root is MapNode map)
            return new CampaignFile(path, problems, map).Read();
        if (problems.Count == 0)
            problems.Add(new ConfigProblem(path, 1, 1, "", "the file is empty or no list of properties; copy config/campaigns/example.yaml and change it"));
        return null;
    }

    private CampaignPlan Read()
    {
        var plan = new CampaignPlan
        {
            Agent = _root.Required("agent"),
            Trunk = _root.Text("trunk"),
            RingTimeout = _root.Duration("ring_timeout", LongestRinging) ?? TimeSpan.FromSeconds(30),
            DefaultZone = ReadZone(),
            Window = ReadWindow(),
            Retry = ReadRetry(),
            Pacing = ReadPacing(),
            Breaker = ReadBreaker(),
            Answering = ReadAnswering(),
            CallerIds = ReadCallerIds(),
            DoNotCallLists = ReadLists(),
            OptOut = ReadOptOut(),
            Consent = ReadConsent(),
            Contacts = ReadColumns(),
        };
        _root.Done();
        CheckLists(plan);
        return plan;
    }

    private TimeZoneInfo? ReadZone()
    {
        MapReader? map = _root.Map("window");
        if (map?.Text("time_zone") is not { } name)
            return null;
        if (!TimeZones.OfMachine.TryFind(name, out TimeZoneInfo? zone, out string? error))
            map.Report(map.Get("time_zone")!, map.PathOf("time_zone"), error);
        return zone;
    }

    private CallingWindow ReadWindow()
    {
        if (_root.Map("window") is not { } map)
        {
            if (!_root.Has("window"))
                _root.ReportHere("'window' is missing: when contacts may be called, e.g. window: {open: {monday-friday: \"9:00-18:00\"}}");
            return new CallingWindow(new Dictionary<DayOfWeek, IReadOnlyList<OpenTime>>(), new HashSet<ClosedDate>());
        }
        map.Has("time_zone");
        int before = _problems.Count;
        var hours = new HoursReader(map);
        Dictionary<DayOfWeek, IReadOnlyList<OpenTime>> week = hours.ReadWeek();
        HashSet<ClosedDate> closed = hours.ReadClosed();
        if (map.Text("closed_file") is { } file)
        {
            // A definition may come over the API: it must not be able to read any file of the machine.
            if (Path.IsPathRooted(file) || file.Split('/', '\\').Contains(".."))
                map.Report(map.Get("closed_file")!, map.PathOf("closed_file"), "must lie in the folder of the campaign's file; write its name only");
            else
                closed.UnionWith(HolidayFile.Read(Path.Combine(Path.GetDirectoryName(_path) ?? "", file), _problems));
        }
        map.Done();
        if (_problems.Count == before && week.Values.All(times => times.Count == 0))
            map.Report(map.At("open"), map.PathOf("open"), "the window never opens; give at least one day a time");
        return new CallingWindow(week, closed);
    }

    private PacingLimits ReadPacing()
    {
        var usual = new PacingLimits();
        if (_root.Map("pacing") is not { } map)
            return usual;
        var limits = new PacingLimits
        {
            CallsAtOnce = map.Int("calls_at_once", usual.CallsAtOnce, 1, 10_000),
            CallsPerSecond = map.Number("calls_per_second", usual.CallsPerSecond, 0.001, 1_000),
        };
        map.Done();
        return limits;
    }

    private BreakerOptions ReadBreaker()
    {
        var usual = new BreakerOptions();
        if (_root.Map("breaker") is not { } map)
            return usual;
        var options = new BreakerOptions
        {
            FailureShare = map.Number("failure_share", usual.FailureShare, 0.01, 1),
            MinimumCalls = map.Int("minimum_calls", usual.MinimumCalls, 2, 100_000),
            Window = map.Duration("window", TimeSpan.FromHours(2)) ?? usual.Window,
            Pause = map.Duration("pause", TimeSpan.FromDays(1)) ?? usual.Pause,
            LongestPause = map.Duration("longest_pause", TimeSpan.FromDays(1)) ?? usual.LongestPause,
        };
        map.Done();
        if (options.Pause < TimeSpan.FromSeconds(1) || options.Window < TimeSpan.FromSeconds(1))
            map.ReportHere("'window' and 'pause' must be at least 1s");
        else if (options.LongestPause < options.Pause)
            map.Report(map.At("longest_pause"), map.PathOf("longest_pause"), "must not be shorter than 'pause'");
        return options;
    }

    private RetryOptions ReadRetry()
    {
        var usual = new RetryOptions();
        if (_root.Map("retry") is not { } map)
            return usual;
        var rules = new Dictionary<AttemptOutcome, RetryRule>();
        MapReader? outcomes = map.Map("outcomes");
        foreach ((ScalarNode key, ConfigNode value) in outcomes?.Node.Entries ?? [])
        {
            if (Words.TryRead(key.Value, out AttemptOutcome outcome) && !RetryPolicy.NeverAgain.Contains(outcome))
                ReadRule(map, key, value, rules, outcome);
            else
                map.Report(key, $"retry.outcomes.{key.Value}", Words.TryRead(key.Value, out outcome)
                    ? $"who was {key.Value} is not called again; remove it"
                    : $"there is no outcome '{key.Value}'{MapReader.DidYouMean(key.Value, Enum.GetValues<AttemptOutcome>().Except(RetryPolicy.NeverAgain).Select(Words.Snake))}");
        }
        var options = new RetryOptions
        {
            Attempts = map.Int("attempts", usual.Attempts, 1, 50),
            Spacing = map.Duration("spacing", TimeSpan.FromDays(30)) ?? usual.Spacing,
            Rules = outcomes is null ? usual.Rules : rules,
        };
        map.Done();
        if (options.Spacing < TimeSpan.FromMinutes(1))
            map.Report(map.At("spacing"), map.PathOf("spacing"), "must be at least 1m: nobody is to be called twice at once");
        return options;
    }

    private void ReadRule(MapReader retry, ScalarNode key, ConfigNode value, Dictionary<AttemptOutcome, RetryRule> rules, AttemptOutcome outcome)
    {
        // "busy: 30m" is short for "busy: {after: 30m}", and "busy: never" for no rule.
        if (value is ScalarNode { Value: "never" })
            return;
        MapReader map = value is ScalarNode scalar
            ? new MapReader(_path, _problems, new MapNode(value.Line, value.Column, [(new ScalarNode(key.Line, key.Column, "after"), scalar)]), $"retry.outcomes.{key.Value}", key)
            : retry.Child(key, value, "outcomes");
        if (!map.Has("after"))
            map.ReportHere("'after' is missing: how long to wait, e.g. after: 30m");
        TimeSpan after = map.Duration("after", RetryPolicy.LongestWait) ?? TimeSpan.FromHours(1);
        var rule = new RetryRule(after)
        {
            Factor = map.Number("factor", 1, 1, 10),
            Longest = map.Duration("longest", RetryPolicy.LongestWait),
            Attempts = map.Has("attempts") ? map.Int("attempts", 1, 1, 50) : null,
        };
        map.Done();
        if (rule.Longest < rule.After)
            map.Report(map.At("longest"), map.PathOf("longest"), "must not be shorter than 'after'");
        rules[outcome] = rule;
    }
}
