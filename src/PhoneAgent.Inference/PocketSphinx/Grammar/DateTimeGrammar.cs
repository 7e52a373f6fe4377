namespace PhoneAgent.Inference.PocketSphinx.Grammar;

/// <summary>Days and times of day as people say them, in the phrase syntax.</summary>
internal static class DateTimeGrammar
{
    private const string Weekday = "(monday | tuesday | wednesday | thursday | friday | saturday | sunday)";
    private const string Month =
        "(january | february | march | april | may | june | july | august | september | october | november | december)";
    private const string Ordinal =
        "(first | second | third | fourth | fifth | sixth | seventh | eighth | ninth | tenth | eleventh | twelfth | thirteenth | "
        + "fourteenth | fifteenth | sixteenth | seventeenth | eighteenth | nineteenth | twentieth | thirtieth | "
        + "twenty (first | second | third | fourth | fifth | sixth | seventh | eighth | ninth) | thirty first)";
    private const string Hour = "(one | two | three | four | five | six | seven | eight | nine | ten | eleven | twelve)";
    private const string Minute =
        "(oh five | ten | fifteen | twenty [five] | thirty [five] | forty [five] | fifty [five])";
    private const string HalfOfDay = "[(a m | p m | in the (morning | afternoon | evening) | at night)]";

    public static readonly string[] Dates =
    [
        "today", "tomorrow [(morning | afternoon | evening)]", "the day after tomorrow",
        $"[(on | this | next)] {Weekday}",
        $"{Weekday} next week", "next week",
        $"[on] [{Weekday}] [the] {Ordinal} [(of {Month} | {Month})]",
        $"[on] [{Weekday}] {Month} [the] {Ordinal}",
    ];

    public static readonly string[] Times =
    [
        $"[(at | around | about)] {Hour} [o'clock] {HalfOfDay}",
        $"[(at | around | about)] {Hour} {Minute} {HalfOfDay}",
        $"[(at | around | about)] (half past | a quarter past | quarter past | a quarter to | quarter to | (five | ten | twenty) (past | to)) {Hour} {HalfOfDay}",
        "[at] (noon | midnight | midday)",
    ];
}
