using System.Collections;

namespace PhoneAgent.Telephony.Sip.Messages;

public readonly record struct SipHeader(string Name, string Value);

/// <summary>
/// The headers of a message in their order. Names compare without case, and a compact name is its full one. Values are
/// unfolded. Not thread-safe.
/// </summary>
public sealed class SipHeaders : IReadOnlyList<SipHeader>
{
    /// <summary>How many elements of comma lists are read at most.</summary>
    public const int MaxListElements = 128;

    private readonly List<SipHeader> _items;

    public SipHeaders() => _items = [];

    private SipHeaders(List<SipHeader> items) => _items = items;

    public int Count => _items.Count;
    public SipHeader this[int index] => _items[index];

    /// <summary>The first header of that name, or null.</summary>
    public string? Get(string name)
    {
        int index = IndexOf(SipHeaderNames.Canonical(name), 0);
        return index < 0 ? null : _items[index].Value;
    }

    public bool Contains(string name) => IndexOf(SipHeaderNames.Canonical(name), 0) >= 0;

    /// <summary>All headers of that name, one entry a header line.</summary>
    public IEnumerable<string> GetAll(string name)
    {
        name = SipHeaderNames.Canonical(name);
        for (int i = IndexOf(name, 0); i >= 0; i = IndexOf(name, i + 1))
            yield return _items[i].Value;
    }

    /// <summary>
    /// All values of that name, with comma lists taken apart (commas in quotes and angle brackets do not count).
    /// Only for headers whose grammar is a list; never for Authorization, Date and the like. Empty elements are left out.
    /// </summary>
    public IReadOnlyList<string> GetList(string name)
    {
        List<string> values = [];
        foreach (string line in GetAll(name))
            SplitList(line, values);
        return values;
    }

    /// <summary>Adds at the end.</summary>
    /// <exception cref="ArgumentException">A line break in a name or value: it would forge headers.</exception>
    public void Add(string name, string value) => _items.Add(Checked(name, value));

    /// <summary>Adds above the first header of the same name, or at the very top where there is none: for Via and Route.</summary>
    public void Prepend(string name, string value)
    {
        SipHeader header = Checked(name, value);
        _items.Insert(Math.Max(0, IndexOf(header.Name, 0)), header);
    }

    /// <summary>Replaces all headers of that name by one, in the place of the first; null removes them.</summary>
    public void Set(string name, string? value)
    {
        if (value is null)
        {
            Remove(name);
            return;
        }
        SipHeader header = Checked(name, value);
        int index = IndexOf(header.Name, 0);
        if (index < 0)
        {
            _items.Add(header);
            return;
        }
        _items[index] = header;
        for (int i = IndexOf(header.Name, index + 1); i >= 0; i = IndexOf(header.Name, i))
            _items.RemoveAt(i);
    }

    public void Remove(string name)
    {
        name = SipHeaderNames.Canonical(name);
        _items.RemoveAll(header => SameName(header.Name, name));
    }

    /// <summary>Removes the first value, be it a line of its own or the first of a comma list: how a Via or Route is popped.</summary>
    public void RemoveFirstValue(string name)
    {
        int index = IndexOf(SipHeaderNames.Canonical(name), 0);
        if (index < 0)
            return;
        string line = _items[index].Value;
        int comma = SipText.IndexOfOutsideQuotes(line, ',', skipAngles: true);
        if (comma < 0 || comma >= line.Length - 1)
            _items.RemoveAt(index);
        else
            _items[index] = new SipHeader(_items[index].Name, line[(comma + 1)..].Trim());
    }

    /// <summary>Replaces the first value of a comma list or line and leaves the others.</summary>
    public void ReplaceFirstValue(string name, string value)
    {
        RemoveFirstValue(name);
        Prepend(name, value);
    }

    public SipHeaders Clone() => new([.. _items]);

    public IEnumerator<SipHeader> GetEnumerator() => _items.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For the parser, which has taken out line breaks itself.</summary>
    internal void AddParsed(string canonicalName, string value) => _items.Add(new SipHeader(canonicalName, value));

    internal int CountOf(string canonicalName)
    {
        int count = 0;
        foreach (SipHeader header in _items)
            if (SameName(header.Name, canonicalName))
                count++;
        return count;
    }

    /// <summary>False when a quote or bracket stays open, or when there are too many elements.</summary>
    internal static bool SplitList(ReadOnlySpan<char> line, List<string> values)
    {
        while (true)
        {
            int comma = SipText.IndexOfOutsideQuotes(line, ',', skipAngles: true);
            if (comma < 0 || values.Count >= MaxListElements)
                return false;
            ReadOnlySpan<char> element = SipText.Trim(line[..comma]);
            if (!element.IsEmpty)
                values.Add(element.ToString());
            if (comma >= line.Length)
                return true;
            line = line[(comma + 1)..];
        }
    }

    private static SipHeader Checked(string name, string value)
    {
        if (name.AsSpan().ContainsAny("\r\n:") || value.AsSpan().ContainsAny('\r', '\n'))
            throw new ArgumentException($"Header {name} would contain a line break.", nameof(value));
        return new SipHeader(SipHeaderNames.Canonical(name), value);
    }

    private int IndexOf(string canonicalName, int from)
    {
        for (int i = from; i < _items.Count; i++)
            if (SameName(_items[i].Name, canonicalName))
                return i;
        return -1;
    }

    private static bool SameName(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
