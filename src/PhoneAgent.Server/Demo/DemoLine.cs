namespace PhoneAgent.Server.Demo;

/// <summary>Something the built-in caller says.</summary>
/// <param name="InterruptAfter">Speaks over the agent when he has talked this long; null: waits until he is done.</param>
internal sealed record DemoLine(string Text, TimeSpan? InterruptAfter = null)
{
    /// <summary>A conversation with config/agents/front-desk.yaml.</summary>
    public static readonly IReadOnlyList<DemoLine> FrontDesk =
    [
        new("what are your opening hours"),
        new("where is my order", InterruptAfter: TimeSpan.FromMilliseconds(1300)),
        new("four two zero seven one eight"),
        new("are you open on sunday"),
        new("no goodbye"),
    ];
}
