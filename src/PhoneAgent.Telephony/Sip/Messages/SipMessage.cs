using System.Buffers;
using System.Globalization;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <summary>
/// A SIP message (RFC 3261 §7). Typed properties read and write <see cref="Headers"/>, which is the only store.
/// Messages out of <see cref="SipParser"/> are checked: their Via, From, To, Call-ID and CSeq can be read. Optional headers
/// that are absent or malformed read as null or empty. Not thread-safe; owned by whoever holds it.
/// </summary>
public abstract class SipMessage
{
    private Cached<SipNameAddress> _from, _to;
    private Cached<SipCSeq> _cseq;
    private Cached<SipVia> _topVia;

    private protected SipMessage(SipHeaders headers) => Headers = headers;

    public SipHeaders Headers { get; }

    /// <summary>The body; Content-Length is written from it.</summary>
    public ReadOnlyMemory<byte> Body { get; set; }

    public string BodyText => Encoding.UTF8.GetString(Body.Span);

    /// <exception cref="InvalidOperationException">There is none: only in a message that we built without it.</exception>
    public SipVia TopVia => _topVia.Read(FirstVia(), SipVia.TryParse) ?? throw Missing(SipHeaderNames.Via);

    /// <summary>Topmost first.</summary>
    public IReadOnlyList<SipVia> Vias => ReadList<SipVia>(SipHeaderNames.Via, SipVia.TryParse);

    public SipNameAddress From
    {
        get => _from.Read(Headers.Get(SipHeaderNames.From), SipNameAddress.TryParse) ?? throw Missing(SipHeaderNames.From);
        set => Headers.Set(SipHeaderNames.From, value.ToString());
    }

    public SipNameAddress To
    {
        get => _to.Read(Headers.Get(SipHeaderNames.To), SipNameAddress.TryParse) ?? throw Missing(SipHeaderNames.To);
        set => Headers.Set(SipHeaderNames.To, value.ToString());
    }

    public string CallId
    {
        get => Headers.Get(SipHeaderNames.CallId) ?? throw Missing(SipHeaderNames.CallId);
        set => Headers.Set(SipHeaderNames.CallId, value);
    }

    public SipCSeq CSeq
    {
        get => _cseq.Read(Headers.Get(SipHeaderNames.CSeq), SipCSeq.TryParse) ?? throw Missing(SipHeaderNames.CSeq);
        set => Headers.Set(SipHeaderNames.CSeq, value.ToString());
    }

    /// <summary>Without the "*" of a REGISTER that removes all: see <see cref="HasWildcardContact"/>.</summary>
    public IReadOnlyList<SipNameAddress> Contacts => ReadList<SipNameAddress>(SipHeaderNames.Contact, SipNameAddress.TryParse);
    public bool HasWildcardContact => Headers.Get(SipHeaderNames.Contact)?.Trim() == "*";
    public IReadOnlyList<SipNameAddress> Routes => ReadList<SipNameAddress>(SipHeaderNames.Route, SipNameAddress.TryParse);
    public IReadOnlyList<SipNameAddress> RecordRoutes => ReadList<SipNameAddress>(SipHeaderNames.RecordRoute, SipNameAddress.TryParse);

    public IReadOnlyList<string> Require => Headers.GetList(SipHeaderNames.Require);
    public IReadOnlyList<string> Supported => Headers.GetList(SipHeaderNames.Supported);
    public IReadOnlyList<string> Unsupported => Headers.GetList(SipHeaderNames.Unsupported);
    public IReadOnlyList<string> Allow => Headers.GetList(SipHeaderNames.Allow);

    public bool Requires(string option) => HasOption(Require, option);
    public bool Supports(string option) => HasOption(Supported, option);

    /// <summary>In seconds; saturates at 2^32-1.</summary>
    public uint? Expires
    {
        get => SipSeconds.Parse(SipText.Trim(Headers.Get(SipHeaderNames.Expires)));
        set => SetNumber(SipHeaderNames.Expires, value);
    }

    public uint? MinExpires => SipSeconds.Parse(SipText.Trim(Headers.Get(SipHeaderNames.MinExpires)));

    /// <summary>Of a reliable provisional response (RFC 3262).</summary>
    public uint? RSeq
    {
        get => SipText.TryParseUInt32(SipText.Trim(Headers.Get(SipHeaderNames.RSeq)), out uint value) ? value : null;
        set => SetNumber(SipHeaderNames.RSeq, value);
    }

    public SipRAck? RAck => Headers.Get(SipHeaderNames.RAck) is { } text && SipRAck.TryParse(text, out SipRAck? rack) ? rack : null;

    /// <summary>Seconds, with the refresher parameter (RFC 4028).</summary>
    public SipValue? SessionExpires => ReadValue(SipHeaderNames.SessionExpires);
    public SipValue? MinSE => ReadValue(SipHeaderNames.MinSE);
    public SipValue? ContentType => ReadValue(SipHeaderNames.ContentType);
    public SipValue? Event => ReadValue(SipHeaderNames.Event);
    public SipValue? SubscriptionState => ReadValue(SipHeaderNames.SubscriptionState);
    public SipValue? RetryAfter => ReadValue(SipHeaderNames.RetryAfter);
    /// <summary>The Call-ID, with the parameters to-tag, from-tag and early-only (RFC 3891).</summary>
    public SipValue? Replaces => ReadValue(SipHeaderNames.Replaces);
    /// <summary>The protocol, with the parameters cause and text (RFC 3326). The first one.</summary>
    public SipValue? Reason => Headers.GetList(SipHeaderNames.Reason) is [var first, ..] && SipValue.TryParse(first, out SipValue? value) ? value : null;
    public SipNameAddress? ReferTo => ReadAddress(SipHeaderNames.ReferTo);
    public SipNameAddress? ReferredBy => ReadAddress(SipHeaderNames.ReferredBy);

    public void SetBody(string contentType, string body)
    {
        Headers.Set(SipHeaderNames.ContentType, contentType);
        Body = Encoding.UTF8.GetBytes(body);
    }

    /// <summary>Writes the message as it goes out. Content-Length is always written, and always right.</summary>
    public void WriteTo(IBufferWriter<byte> writer)
    {
        WriteStartLine(writer);
        foreach (SipHeader header in Headers)
        {
            if (string.Equals(header.Name, SipHeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase))
                continue;
            WriteText(writer, header.Name);
            writer.Write(": "u8);
            WriteText(writer, header.Value);
            writer.Write("\r\n"u8);
        }
        writer.Write("Content-Length: "u8);
        WriteNumber(writer, Body.Length);
        writer.Write("\r\n\r\n"u8);
        writer.Write(Body.Span);
    }

    public byte[] ToBytes()
    {
        var writer = new ArrayBufferWriter<byte>(512);
        WriteTo(writer);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The whole message as text, for logs and tests.</summary>
    public override string ToString() => Encoding.UTF8.GetString(ToBytes());

    private protected abstract void WriteStartLine(IBufferWriter<byte> writer);

    private protected static void WriteText(IBufferWriter<byte> writer, string text) => Encoding.UTF8.GetBytes(text, writer);

    private protected static void WriteNumber(IBufferWriter<byte> writer, int number)
    {
        Span<byte> digits = stackalloc byte[11];
        number.TryFormat(digits, out int count, default, CultureInfo.InvariantCulture);
        writer.Write(digits[..count]);
    }

    private protected void SetNumber(string name, uint? value) =>
        Headers.Set(name, value?.ToString(CultureInfo.InvariantCulture));

    private static InvalidOperationException Missing(string name) => new($"The message has no readable {name} header.");

    private static bool HasOption(IReadOnlyList<string> options, string option)
    {
        foreach (string one in options)
            if (string.Equals(one, option, StringComparison.OrdinalIgnoreCase))
                return true;
        return false;
    }

    internal string? FirstVia()
    {
        if (Headers.Get(SipHeaderNames.Via) is not { } line)
            return null;
        int comma = SipText.IndexOfOutsideQuotes(line, ',', skipAngles: true);
        return comma < 0 || comma == line.Length ? line : line[..comma];
    }

    private SipValue? ReadValue(string name) =>
        Headers.Get(name) is { } text && SipValue.TryParse(text, out SipValue? value) ? value : null;

    private SipNameAddress? ReadAddress(string name) =>
        Headers.Get(name) is { } text && SipNameAddress.TryParse(text, out SipNameAddress? address) ? address : null;

    private delegate bool TryParseText<T>(ReadOnlySpan<char> text, out T? value) where T : class;

    private List<T> ReadList<T>(string name, TryParseText<T> tryParse) where T : class
    {
        List<T> values = [];
        foreach (string text in Headers.GetList(name))
            if (tryParse(text, out T? value))
                values.Add(value!);
        return values;
    }

    /// <summary>The parsed form of one header, as long as its text is the same.</summary>
    private struct Cached<T> where T : class
    {
        private string? _text;
        private T? _value;

        public T? Read(string? text, TryParseText<T> tryParse)
        {
            if (text is null)
                return null;
            if (!string.Equals(text, _text, StringComparison.Ordinal))
            {
                _value = tryParse(text, out T? value) ? value : null;
                _text = text;
            }
            return _value;
        }
    }
}
