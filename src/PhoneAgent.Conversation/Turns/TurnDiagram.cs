using System.Text;

namespace PhoneAgent.Conversation.Turns;

/// <summary>The turn table as a Mermaid state diagram, for src/README.md.</summary>
public static class TurnDiagram
{
    public static string ToMermaid()
    {
        var text = new StringBuilder("stateDiagram-v2\n    state \"where it was\" as back\n    [*] --> Greeting\n");
        foreach (TurnRow row in TurnTable.Rows)
        {
            if (row.On == TurnTrigger.CallEnded)
                continue; // from every state; said once below
            text.Append("    ").Append(row.From).Append(" --> ").Append(row.To?.ToString() ?? "back").Append(" : ").Append(row.On);
            if (row.Actions.Length > 0)
                text.Append(" / ").AppendJoin(", ", row.Actions);
            text.Append('\n');
        }
        return text.Append("    Ended --> [*]\n    note right of Ended : CallEnded leads here from every state\n").ToString();
    }
}
