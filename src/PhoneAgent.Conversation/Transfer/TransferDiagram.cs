using System.Text;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>The transfer table as a Mermaid state diagram, for src/README.md.</summary>
public static class TransferDiagram
{
    public static string ToMermaid()
    {
        var text = new StringBuilder("stateDiagram-v2\n    [*] --> Choosing\n");
        foreach (TransferRow row in TransferTable.Rows)
        {
            if (row.On == TransferTrigger.CallerHungUp)
                continue; // from every state; said once below
            text.Append("    ").Append(row.From).Append(" --> ").Append(row.To).Append(" : ").Append(row.On);
            if (row.Actions.Length > 0)
                text.Append(" / ").AppendJoin(", ", row.Actions);
            text.Append('\n');
        }
        return text.Append("    Referred --> [*]\n    Returned --> [*]\n    Over --> [*]\n    note right of Over : CallerHungUp / DropHuman leads here from every state before the ends\n").ToString();
    }
}
