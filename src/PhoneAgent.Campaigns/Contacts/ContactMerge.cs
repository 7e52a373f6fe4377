namespace PhoneAgent.Campaigns.Contacts;

/// <summary>Contacts with each number once.</summary>
internal sealed class ContactMerge
{
    private readonly Dictionary<PhoneNumber, int> _places = [];
    private readonly List<NewContact> _contacts = [];

    public IReadOnlyList<NewContact> Contacts => _contacts;

    public int Duplicates { get; private set; }

    /// <summary>What a later row says goes over what an earlier one said; what it leaves empty stays.</summary>
    public void Add(NewContact contact)
    {
        if (_places.TryAdd(contact.Number, _contacts.Count))
        {
            _contacts.Add(contact);
            return;
        }
        Duplicates++;
        NewContact first = _contacts[_places[contact.Number]];
        var variables = new Dictionary<string, string>(first.Variables, StringComparer.Ordinal);
        foreach ((string name, string value) in contact.Variables)
            if (value.Length > 0 || !variables.ContainsKey(name))
                variables[name] = value;
        _contacts[_places[contact.Number]] = first with { TimeZone = contact.TimeZone ?? first.TimeZone, Variables = variables };
    }
}
