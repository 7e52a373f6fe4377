using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace PhoneAgent.Inference.OpenAiCompatible.Wire;

/// <summary>
/// Server-sent events (WHATWG HTML, 9.2): gives the data of each event. Comments, names and numbers of events carry nothing
/// in this protocol and are skipped.
/// </summary>
internal static class EventStream
{
    /// <summary>Longer events are no tokens.</summary>
    public const int MaxEventBytes = 1 << 20;

    /// <summary>What <see cref="MaxEventBytes"/> is exceeded with.</summary>
    public sealed class TooLongException() : FormatException($"An event is longer than {MaxEventBytes} bytes.");

    /// <exception cref="TooLongException">An event is too long.</exception>
    public static async IAsyncEnumerable<string> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = new EventLines();
        var buffer = new byte[8 * 1024];
        while (await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            for (int at = 0; at < read;)
            {
                at += lines.Push(buffer.AsSpan(at, read - at), out string? data);
                if (data is not null)
                    yield return data;
            }
        }
        // The standard drops an event without its blank line; some servers forget the last one.
        if (lines.End() is { } last)
            yield return last;
    }

    /// <summary>Cuts bytes into lines and lines into events.</summary>
    private sealed class EventLines
    {
        private readonly ArrayBufferWriter<byte> line = new();
        private readonly StringBuilder data = new();
        private bool hasData;
        private bool afterCarriageReturn;
        private bool first = true;

        /// <summary>Takes bytes up to the end of one event, or all. Returns how many.</summary>
        public int Push(ReadOnlySpan<byte> bytes, out string? completed)
        {
            completed = null;
            for (int i = 0; i < bytes.Length; i++)
            {
                byte b = bytes[i];
                if (b == '\n' && afterCarriageReturn)
                {
                    afterCarriageReturn = false;
                    continue;
                }
                afterCarriageReturn = b == '\r';
                if (b is (byte)'\n' or (byte)'\r')
                {
                    completed = TakeLine();
                    if (completed is not null)
                        return i + 1;
                    continue;
                }
                if (line.WrittenCount + data.Length >= MaxEventBytes)
                    throw new TooLongException();
                line.GetSpan(1)[0] = b;
                line.Advance(1);
            }
            return bytes.Length;
        }

        public string? End() => line.WrittenCount > 0 && TakeLine() is { } whole ? whole : TakeEvent();

        /// <summary>The event that a blank line completes.</summary>
        private string? TakeLine()
        {
            string text = Encoding.UTF8.GetString(line.WrittenSpan);
            line.ResetWrittenCount();
            if (first)
                text = text.TrimStart('\uFEFF');
            first = false;
            if (text.Length == 0)
                return TakeEvent();
            if (text == "data" || text.StartsWith("data:", StringComparison.Ordinal))
            {
                if (hasData)
                    data.Append('\n');
                hasData = true;
                data.Append(text.AsSpan(Math.Min(text.Length, text.Length > 5 && text[5] == ' ' ? 6 : 5)));
            }
            return null;
        }

        private string? TakeEvent()
        {
            string? whole = hasData ? data.ToString() : null;
            data.Clear();
            hasData = false;
            return whole;
        }
    }
}
