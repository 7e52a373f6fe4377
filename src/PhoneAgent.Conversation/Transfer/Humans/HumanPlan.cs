namespace PhoneAgent.Conversation.Transfer.Humans;

/// <summary>Somebody who takes calls over.</summary>
/// <param name="Number">A SIP address, or a number that the line completes. Personal data.</param>
public sealed record HumanTarget(string Number)
{
    /// <summary>What he is good at; empty: anything.</summary>
    public IReadOnlyList<string> Skills { get; init; } = [];

    /// <summary>How long his phone may ring; null: the plan's.</summary>
    public TimeSpan? RingTimeout { get; init; }

    /// <summary>When he is there; null: the plan's.</summary>
    public OpeningHours? Hours { get; init; }
}

public enum HumanOrder
{
    /// <summary>The first of the list first, every time.</summary>
    InOrder,
    /// <summary>Each call begins with the one after the last call's first.</summary>
    RoundRobin,
}

/// <summary>What a language model offers a caller whom nobody could take.</summary>
public enum NobodyOffer
{
    Both,
    Message,
    Callback,
}

/// <summary>Who takes an agent's calls over, and what happens when nobody does. One object serves all calls; thread-safe.</summary>
public sealed class HumanPlan
{
    private int _calls = -1;

    /// <summary>At least one.</summary>
    public required IReadOnlyList<HumanTarget> Targets { get; init; }

    public HumanOrder Order { get; init; }

    /// <summary>Null: as the server's configuration says.</summary>
    public TransferMode? Mode { get; init; }

    /// <summary>How long a phone may ring; null: as the server's configuration says.</summary>
    public TimeSpan? RingTimeout { get; init; }

    /// <summary>When somebody is there; null: always.</summary>
    public OpeningHours? Hours { get; init; }

    /// <summary>Asked last, whatever the hours; null for nobody.</summary>
    public HumanTarget? LastResort { get; init; }

    public NobodyOffer Offer { get; init; }

    /// <summary>The step of a script for callers whom nobody could take; null: an apology, and the question again.</summary>
    public string? Step { get; init; }

    /// <summary>What the plan is known by where there is room for one number only.</summary>
    public string Number => Targets[0].Number;

    /// <summary>A plan of one number.</summary>
    public static HumanPlan For(string number) => new() { Targets = [new HumanTarget(number)] };

    /// <summary>Whom to ask, in this order; empty when nobody is there.</summary>
    /// <param name="skill">Those with this skill; when nobody has it, all.</param>
    public IReadOnlyList<HumanTarget> Choose(string? skill, DateTimeOffset now)
    {
        IReadOnlyList<HumanTarget> able = Able(skill);
        int first = Order == HumanOrder.RoundRobin ? (int)((uint)Interlocked.Increment(ref _calls) % (uint)able.Count) : 0;
        IEnumerable<HumanTarget> there = able.Skip(first).Concat(able.Take(first)).Where(target => IsThere(target, now));
        return [.. LastResort is null ? there : there.Append(LastResort)];
    }

    /// <summary>Somebody can be asked now: whoever announces a colleague should know.</summary>
    public bool IsAnybodyThere(string? skill, DateTimeOffset now) => LastResort is not null || Able(skill).Any(target => IsThere(target, now));

    private bool IsThere(HumanTarget target, DateTimeOffset now) => (target.Hours ?? Hours)?.IsOpen(now) ?? true;

    private IReadOnlyList<HumanTarget> Able(string? skill)
    {
        if (skill is null)
            return Targets;
        List<HumanTarget> able = [.. Targets.Where(target => target.Skills.Contains(skill, StringComparer.OrdinalIgnoreCase))];
        return able.Count > 0 ? able : Targets;
    }
}
