using System.Globalization;

namespace PhoneAgent.Server.Dashboard.Calls;

/// <summary>Numbers and states as pages write them.</summary>
internal static class Words
{
    /// <summary>4:07, 1:02:33.</summary>
    public static string Clock(TimeSpan time) => time.ToString(time.TotalHours >= 1 ? @"h\:mm\:ss" : @"m\:ss", CultureInfo.InvariantCulture);

    /// <summary>4:07.3.</summary>
    public static string Precise(TimeSpan time) => $"{Clock(time)}.{time.Milliseconds / 100}";

    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);

    public static string Number(double number, string format = "0.##") => number.ToString(format, CultureInfo.InvariantCulture);

    public static string State(string state) => state switch
    {
        "Greeting" => "Greeting",
        "Listening" => "Listening",
        "CallerSpeaking" => "Caller speaks",
        "MaybeDone" => "Caller pauses",
        "Thinking" => "Thinking",
        "Speaking" => "Agent speaks",
        "MaybeInterrupted" => "Both speak",
        "OnHold" => "On hold",
        "Transferring" => "Transferring",
        "Ended" => "Over",
        _ => state,
    };

    /// <summary>The style of a state's mark.</summary>
    public static string StateClass(string state) => state switch
    {
        "CallerSpeaking" or "MaybeDone" => "caller",
        "Speaking" or "Greeting" => "agent",
        "Thinking" => "agent",
        "MaybeInterrupted" => "warn",
        "OnHold" or "Transferring" => "warn",
        _ => "",
    };

    /// <summary>Styles of emotions: of their mark and of their colour.</summary>
    public static string MoodClass(string? label) => label is "calm" or "happy" or "anxious" or "frustrated" or "neutral" or "sad" ? $"mood-{label}" : "mood-unknown";

    /// <summary>How good a response gap is.</summary>
    public static string GapClass(TimeSpan gap) => gap.TotalMilliseconds switch { <= 800 => "good", <= 1500 => "warn", _ => "bad" };
}
