namespace PhoneAgent.Campaigns.Attempts;

/// <summary>Whether and when a contact that was not reached is called again.</summary>
public sealed record RetryOptions
{
    /// <summary>Calls to one contact at most, whatever their outcomes.</summary>
    public int Attempts { get; init; } = 4;

    /// <summary>Between the beginnings of two calls to one number at least, of all campaigns.</summary>
    public TimeSpan Spacing { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>By outcome; an outcome that is not named ends the contact.</summary>
    public IReadOnlyDictionary<AttemptOutcome, RetryRule> Rules { get; init; } = new Dictionary<AttemptOutcome, RetryRule>
    {
        [AttemptOutcome.Busy] = new(TimeSpan.FromMinutes(30)) { Factor = 2, Longest = TimeSpan.FromHours(4) },
        [AttemptOutcome.NoAnswer] = new(TimeSpan.FromHours(4)),
        [AttemptOutcome.Failed] = new(TimeSpan.FromMinutes(30)) { Factor = 2, Longest = TimeSpan.FromHours(8) },
        [AttemptOutcome.Machine] = new(TimeSpan.FromHours(6)),
        [AttemptOutcome.HungUpEarly] = new(TimeSpan.FromDays(1)) { Attempts = 2 },
        [AttemptOutcome.Silence] = new(TimeSpan.FromDays(1)) { Attempts = 2 },
        [AttemptOutcome.Lost] = new(TimeSpan.FromHours(4)),
    };
}

/// <param name="After">From the end of the attempt to the next one, the first time.</param>
public sealed record RetryRule(TimeSpan After)
{
    /// <summary>The wait is multiplied by this with every attempt, 1–10.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>The wait grows to this at most; null: no bound but <see cref="RetryPolicy.LongestWait"/>.</summary>
    public TimeSpan? Longest { get; init; }

    /// <summary>After an attempt with this outcome the contact is given up when so many were made; null: see <see cref="RetryOptions.Attempts"/>.</summary>
    public int? Attempts { get; init; }
}
