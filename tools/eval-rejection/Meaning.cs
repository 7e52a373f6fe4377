namespace PhoneAgent.EvalRejection;

/// <summary>What the dialogue would make of the words: "yep please" is as right as "yes please", but every digit counts.</summary>
internal static class Meaning
{
    private static readonly string[] Digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    private static readonly HashSet<string> Polite = ["please", "thanks", "thank", "you", "uh", "um", "well", "okay", "so", "on", "the", "at", "it's", "it", "is"];

    public static string Of(string? tag, IEnumerable<string> words) => tag switch
    {
        null => "",
        "number" => $"number {Number(words)}",
        "yes_no" => words.Any(w => w is "no" or "nope" or "not" or "wrong" or "incorrect" or "isn't" or "don't") ? "no" : "yes",
        "day" or "time" => $"{tag} {string.Join(' ', words.Where(w => !Polite.Contains(w)))}",
        "command" => $"command {string.Join(' ', words.Where(w => !Polite.Contains(w)))}",
        _ => tag,
    };

    private static string Number(IEnumerable<string> words)
    {
        var result = "";
        var times = 1;
        foreach (var word in words)
        {
            var digit = word == "oh" ? 0 : Array.IndexOf(Digits, word);
            times = word switch { "double" => 2, "triple" => 3, _ => times };
            if (digit < 0)
                continue;
            result += new string((char)('0' + digit), times);
            times = 1;
        }
        return result;
    }
}
