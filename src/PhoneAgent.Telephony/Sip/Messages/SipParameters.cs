using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PhoneAgent.Telephony.Sip.Messages;

/// <param name="Value">As on the wire, quotes and escapes included; null for a parameter without a value.</param>
public readonly record struct SipParameter(string Name, string? Value);

/// <summary>The ";name=value" list of a URI or header. Immutable; names compare without case.</summary>
public sealed class SipParameters : IReadOnlyList<SipParameter>, IEquatable<SipParameters>
{
    /// <summary>More than this is an attack, not a message.</summary>
    public const int MaxCount = 64;

    public static readonly SipParameters Empty = new([]);

    private static readonly SearchValues<char> s_notInValue = SearchValues.Create(" \t\"<>,?");
    private readonly SipParameter[] _items;

    private SipParameters(SipParameter[] items) => _items = items;

    public int Count => _items.Length;
    public SipParameter this[int index] => _items[index];

    public bool Contains(string name) => IndexOf(name) >= 0;

    /// <summary>The value without quotes; null when the parameter is absent or has none.</summary>
    public string? Get(string name) =>
        IndexOf(name) is >= 0 and int index && _items[index].Value is { } value ? SipText.Unquote(value) : null;

    /// <summary>A copy with the parameter set, in its old place or at the end.</summary>
    public SipParameters With(string name, string? value = null)
    {
        int index = IndexOf(name);
        var items = new SipParameter[index >= 0 ? _items.Length : _items.Length + 1];
        _items.CopyTo(items, 0);
        items[index >= 0 ? index : ^1] = new SipParameter(name, value);
        return new SipParameters(items);
    }

    public SipParameters Without(string name) =>
        Contains(name) ? new SipParameters(Array.FindAll(_items, item => !NameEquals(item, name))) : this;

    /// <summary>Reads what follows an element: nothing, or ";a;b=c;d=&quot;e&quot;". White space is allowed around every part.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipParameters? parameters)
    {
        parameters = Empty;
        text = SipText.Trim(text);
        if (text.IsEmpty)
            return true;
        parameters = null;
        if (text[0] != ';')
            return false;
        var items = new List<SipParameter>(4);
        while (!text.IsEmpty)
        {
            text = text[1..];
            int end = SipText.IndexOfOutsideQuotes(text, ';', skipAngles: false);
            if (end < 0 || items.Count == MaxCount || !TryParseOne(text[..end], out SipParameter item) || IsRepeated(items, item))
                return false;
            items.Add(item);
            text = text[end..];
        }
        parameters = new SipParameters([.. items]);
        return true;
    }

    /// <summary>Parameters of a URI: no white space, no quotes, escapes allowed in names and values.</summary>
    internal static bool TryParseUri(ReadOnlySpan<char> text, [NotNullWhen(true)] out SipParameters? parameters)
    {
        parameters = null;
        var items = new List<SipParameter>(4);
        while (!text.IsEmpty)
        {
            text = text[1..];
            int end = text.IndexOf(';');
            if (end < 0)
                end = text.Length;
            ReadOnlySpan<char> one = text[..end];
            text = text[end..];
            int equals = one.IndexOf('=');
            ReadOnlySpan<char> name = equals < 0 ? one : one[..equals];
            ReadOnlySpan<char> value = equals < 0 ? [] : one[(equals + 1)..];
            if (items.Count == MaxCount || name.IsEmpty || !SipUriText.IsParameter(name) || !SipUriText.IsParameter(value))
                return false;
            var item = new SipParameter(name.ToString(), equals < 0 ? null : value.ToString());
            if (IsRepeated(items, item))
                return false;
            items.Add(item);
        }
        parameters = items.Count == 0 ? Empty : new SipParameters([.. items]);
        return true;
    }

    internal void AppendTo(StringBuilder text)
    {
        foreach (SipParameter item in _items)
        {
            text.Append(';').Append(item.Name);
            if (item.Value is not null)
                text.Append('=').Append(item.Value);
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }

    public IEnumerator<SipParameter> GetEnumerator() => ((IEnumerable<SipParameter>)_items).GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Same names in the same order with the same values.</summary>
    public bool Equals(SipParameters? other)
    {
        if (other is null || other.Count != Count)
            return false;
        for (int i = 0; i < _items.Length; i++)
            if (!NameEquals(_items[i], other._items[i].Name) || _items[i].Value != other._items[i].Value)
                return false;
        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as SipParameters);

    public override int GetHashCode() => _items.Length;

    /// <summary>A name may appear once (RFC 3261 §7.3.1, §19.1.1): two tags would be two identities.</summary>
    private static bool IsRepeated(List<SipParameter> items, SipParameter item)
    {
        foreach (SipParameter known in items)
            if (NameEquals(known, item.Name))
                return true;
        return false;
    }

    private int IndexOf(string name)
    {
        for (int i = 0; i < _items.Length; i++)
            if (NameEquals(_items[i], name))
                return i;
        return -1;
    }

    private static bool NameEquals(SipParameter item, string name) =>
        string.Equals(item.Name, name, StringComparison.OrdinalIgnoreCase);

    private static bool TryParseOne(ReadOnlySpan<char> text, out SipParameter parameter)
    {
        int equals = text.IndexOf('=');
        ReadOnlySpan<char> name = SipText.Trim(equals < 0 ? text : text[..equals]);
        parameter = default;
        if (!SipText.IsToken(name))
            return false;
        if (equals < 0)
        {
            parameter = new SipParameter(name.ToString(), null);
            return true;
        }
        ReadOnlySpan<char> value = SipText.Trim(text[(equals + 1)..]);
        // A little more than gen-value allows: peers put unbracketed IPv6 addresses and '/' there.
        if (value.StartsWith("\"") ? !SipText.IsQuotedString(value) : value.ContainsAny(s_notInValue))
            return false;
        parameter = new SipParameter(name.ToString(), value.ToString());
        return true;
    }
}
