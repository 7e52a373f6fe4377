using System.Collections;
using PhoneAgent.Conversation;

namespace PhoneAgent.Campaigns.Contacts;

/// <summary>The first problems of a table, and how many more there are: a wrong column makes one in each of a million rows.</summary>
internal sealed class ProblemList(int max) : ICollection<ConfigProblem>
{
    private readonly List<ConfigProblem> _first = [];

    public int Count { get; private set; }

    public bool IsReadOnly => false;

    public void Add(ConfigProblem item)
    {
        Count++;
        if (_first.Count < max)
            _first.Add(item);
    }

    public IReadOnlyList<ConfigProblem> All(string file) =>
        Count <= max ? _first : [.. _first, new ConfigProblem(file, 0, 0, "", $"and {Count - max} more problems")];

    public void Clear() => (_, Count) = (_first.RemoveAll(_ => true), 0);

    public bool Contains(ConfigProblem item) => _first.Contains(item);

    public void CopyTo(ConfigProblem[] array, int arrayIndex) => _first.CopyTo(array, arrayIndex);

    public bool Remove(ConfigProblem item) => throw new NotSupportedException("a problem that was found stays");

    public IEnumerator<ConfigProblem> GetEnumerator() => _first.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
