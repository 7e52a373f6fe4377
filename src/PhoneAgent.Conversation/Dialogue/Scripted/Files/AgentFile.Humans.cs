using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Transfer.Humans;

namespace PhoneAgent.Conversation.Dialogue.Scripted.Files;

/// <summary>The section <c>human</c>: who takes calls over, when, and what happens when nobody does.</summary>
internal sealed partial class AgentFile
{
    private const int MaxTargets = 50;
    private static readonly TimeSpan LongestRinging = TimeSpan.FromMinutes(5);

    private HumanPlan? ReadHumans()
    {
        if (_root.Map("human") is not { } map)
            return null;
        List<HumanTarget> targets = ReadTargets(map);
        MapReader? nobody = map.Map("nobody");
        var plan = new HumanPlan
        {
            Targets = targets,
            Order = Choice(map, "order", HumanOrder.InOrder),
            Mode = map.Has("mode") ? Choice(map, "mode", TransferMode.Auto) : null,
            RingTimeout = map.Duration("ring_timeout", LongestRinging),
            Hours = map.Map("hours") is { } hours ? new HoursReader(hours).Read() : null,
            LastResort = nobody?.Text("target") is { } last ? new HumanTarget(last) : null,
            Offer = nobody is null ? NobodyOffer.Both : Choice(nobody, "offer", NobodyOffer.Both),
            Step = nobody?.Has("step") == true ? StepName(nobody, "step") : null,
        };
        nobody?.Done();
        map.Done();
        return targets.Count == 0 ? null : plan;
    }

    private List<HumanTarget> ReadTargets(MapReader map)
    {
        string? target = map.Text("target");
        bool hasList = map.Has("targets");
        if (target is not null && hasList)
            map.Report(map.At("targets"), map.PathOf("targets"), "there is 'target' already; put that number into the list");
        if (!hasList)
        {
            if (target is null)
                map.ReportHere("'target' is missing: a SIP address or a number; or 'targets', a list of them");
            return target is null ? [] : [new HumanTarget(target)];
        }
        if (map.Get("targets") is not ListNode { Items: { Count: > 0 and <= MaxTargets } items })
        {
            map.Report(map.At("targets"), map.PathOf("targets"), $"must be a list of 1 to {MaxTargets} numbers, each on a line of its own that begins with '- '");
            return [];
        }
        return [.. items.Select((item, i) => ReadTarget(map, item, i)).OfType<HumanTarget>()];
    }

    private HumanTarget? ReadTarget(MapReader owner, ConfigNode item, int index)
    {
        string path = $"{owner.PathOf("targets")}[{index}]";
        switch (item)
        {
            case ScalarNode { Value.Length: > 0 } number:
                return new HumanTarget(number.Value.Trim());
            case MapNode node:
                var map = new MapReader(_path, _problems, node, path);
                var target = new HumanTarget(map.Required("target").Trim())
                {
                    Skills = [.. map.Texts("skills").Select(skill => skill.Value.Trim())],
                    RingTimeout = map.Duration("ring_timeout", LongestRinging),
                    Hours = map.Map("hours") is { } hours ? new HoursReader(hours).Read() : null,
                };
                map.Done();
                return target;
            default:
                owner.Report(item, path, "must be a number, or have properties of its own (target, skills, ring_timeout, hours)");
                return null;
        }
    }

    /// <summary>One of an enum's names, as the file writes them: in_order.</summary>
    private static T Choice<T>(MapReader map, string name, T fallback) where T : struct, Enum
    {
        if (map.Text(name) is not { } text)
            return fallback;
        foreach (T value in Enum.GetValues<T>())
        {
            if (Written(value) == text)
                return value;
        }
        string[] known = [.. Enum.GetValues<T>().Select(Written)];
        map.Report(map.Get(name)!, map.PathOf(name), $"'{text}' is none of {string.Join(", ", known)}{(MapReader.DidYouMean(text, known) is { } hint && hint.Contains('?', StringComparison.Ordinal) ? hint : "")}");
        return fallback;

        static string Written(T value) => string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "_" : "")}{char.ToLowerInvariant(c)}" : c.ToString()));
    }

    /// <summary>A skill that a step or a tool asks for must be somebody's.</summary>
    private void CheckSkill(string? skill, MapReader map, string name)
    {
        if (skill is null)
            return;
        string[] known = [.. _humans?.Targets.SelectMany(target => target.Skills).Distinct(StringComparer.OrdinalIgnoreCase) ?? []];
        if (!known.Contains(skill, StringComparer.OrdinalIgnoreCase))
            map.Report(map.At(name), map.PathOf(name), $"nobody under 'human.targets' has the skill '{skill}'{MapReader.DidYouMean(skill, known)}");
    }
}
