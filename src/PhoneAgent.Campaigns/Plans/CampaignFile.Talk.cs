using PhoneAgent.Campaigns.CallerIds;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Campaigns.Numbers;
using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Dialogue.Scripted.Files;

namespace PhoneAgent.Campaigns.Plans;

/// <summary>Who is called, what they see and hear, and how they say no.</summary>
internal sealed partial class CampaignFile
{
    private const int MaxList = 1_000;
    private const int MaxSentence = 1_000;

    private ConsentOptions ReadConsent()
    {
        var usual = new ConsentOptions();
        if (_root.Map("consent") is not { } map)
            return usual;
        var consent = new ConsentOptions
        {
            Disclosure = Sentence(map, "disclosure"),
            Recording = Choice(map, "recording", usual.Recording),
            RecordingQuestion = Sentence(map, "recording_question"),
        };
        map.Done();
        if (consent is { Recording: RecordingConsent.Ask, RecordingQuestion: null })
            map.Report(map.At("recording"), map.PathOf("recording"), "'ask' needs 'recording_question': what the contact is asked");
        if (consent is { Recording: not RecordingConsent.Ask, RecordingQuestion: not null })
            map.Report(map.At("recording_question"), map.PathOf("recording_question"), "is asked with 'recording: ask' only");
        return consent;
    }

    private OptOutOptions ReadOptOut()
    {
        var usual = new OptOutOptions();
        if (_root.Map("opt_out") is not { } map)
            return usual;
        string? key = map.Text("key");
        var options = new OptOutOptions
        {
            List = map.Text("list") ?? usual.List,
            Languages = map.Has("languages") ? Texts(map, "languages") : usual.Languages,
            Phrases = Texts(map, "phrases"),
            Key = key is null ? usual.Key : key is [(>= '0' and <= '9') or '*' or '#'] ? key[0] : null,
            Dispositions = map.Has("dispositions") ? Texts(map, "dispositions") : usual.Dispositions,
            Goodbye = Sentence(map, "goodbye") ?? usual.Goodbye,
        };
        map.Done();
        if (key is not null and not "none" && options.Key is null)
            map.Report(map.Get("key")!, map.PathOf("key"), $"must be one key, 0 to 9, '*' or '#', or none; not '{key}'");
        foreach (ScalarNode language in map.Texts("languages").Where(text => !DoNotCallWords.Languages.Contains(text.Value)))
            map.Report(language, map.PathOf("languages"), $"no phrases are known for '{language.Value}'; there are: {string.Join(", ", DoNotCallWords.Languages)}. Write others under 'phrases'");
        foreach (ScalarNode phrase in map.Texts("phrases").Where(text => !DoNotCallWords.IsPhrase(text.Value)))
            map.Report(phrase, map.PathOf("phrases"), "must have at least two words, or one of six letters: shorter ones are said in any call");
        CheckListName(map, "list", options.List);
        return options;
    }

    private List<string> ReadLists()
    {
        foreach (ScalarNode name in _root.Texts("do_not_call"))
            CheckListName(_root, "do_not_call", name.Value, name);
        return Texts(_root, "do_not_call");
    }

    /// <summary>Who asked not to be called must not be called: the list that is written to is one of those that are read.</summary>
    private void CheckLists(CampaignPlan plan)
    {
        if (!plan.DoNotCallLists.Contains(plan.OptOut.List))
            _root.Report(_root.At("do_not_call"), "do_not_call", $"must name the list '{plan.OptOut.List}' that 'opt_out' adds to; write do_not_call: [{string.Join(", ", plan.DoNotCallLists.Append(plan.OptOut.List))}]");
    }

    private static void CheckListName(MapReader map, string key, string name, ConfigNode? at = null)
    {
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            map.Report(at ?? map.At(key), map.PathOf(key), "a list's name has up to 64 letters, digits, '-' and '_'");
    }

    private AnswerDetectionOptions ReadAnswering()
    {
        var usual = new AnswerDetectionOptions { Enabled = true };
        if (_root.Map("answering") is not { } map)
            return usual;
        TimeSpan Time(string name, TimeSpan fallback) => map.Duration(name, TimeSpan.FromMinutes(5)) ?? fallback;
        var options = new AnswerDetectionOptions
        {
            Enabled = map.Flag("detect", true),
            OnMachine = Choice(map, "on_machine", usual.OnMachine),
            OnFax = Choice(map, "on_fax", usual.OnFax),
            OnNotInService = Choice(map, "on_not_in_service", usual.OnNotInService),
            OnBusy = Choice(map, "on_busy", usual.OnBusy),
            OnSilence = Choice(map, "on_silence", usual.OnSilence),
            Message = Sentence(map, "message"),
            LongestHello = Time("longest_hello", usual.LongestHello),
            PauseAfterHello = Time("pause_after_hello", usual.PauseAfterHello),
            AnswerAfter = Time("answer_after", usual.AnswerAfter),
            LongGreeting = Time("long_greeting", usual.LongGreeting),
            Silence = Time("silence", usual.Silence),
            ReviseFor = Time("revise_for", usual.ReviseFor),
            TalksOn = Time("talks_on", usual.TalksOn),
            EndOfGreeting = Time("end_of_greeting", usual.EndOfGreeting),
            BeepTimeout = Time("beep_timeout", usual.BeepTimeout),
            MachinePhrases = map.Has("machine_phrases") ? Texts(map, "machine_phrases") : usual.MachinePhrases,
            PersonPhrases = map.Has("person_phrases") ? Texts(map, "person_phrases") : usual.PersonPhrases,
            NotInServicePhrases = map.Has("not_in_service_phrases") ? Texts(map, "not_in_service_phrases") : usual.NotInServicePhrases,
        };
        map.Done();
        foreach ((string key, string message) in options.Check())
            map.Report(map.At(key), map.PathOf(key), message);
        return options;
    }

    private CallerIdOptions ReadCallerIds()
    {
        if (_root.Map("caller_ids") is not { } map)
            return new CallerIdOptions();
        var numbers = new List<PhoneNumber>();
        foreach (ScalarNode text in map.Texts("numbers").Take(MaxList))
        {
            if (ReadNumber(map, "numbers", text) is { } number)
                numbers.Add(number);
        }
        var options = new CallerIdOptions
        {
            Numbers = numbers,
            Choose = Choice(map, "choose", CallerIdChoice.Local),
            DisplayName = map.Text("display_name"),
            Assert = map.Flag("assert", false),
            AssertedNumber = map.Text("asserted_number") is null ? null : ReadNumber(map, "asserted_number", (ScalarNode)map.Get("asserted_number")!),
            Privacy = Choice(map, "privacy", CallerPrivacy.None),
        };
        map.Done();
        if (options.DisplayName is { Length: > 64 } || options.DisplayName?.Any(char.IsControl) == true)
            map.Report(map.Get("display_name")!, map.PathOf("display_name"), "must be one line of up to 64 characters");
        if (options is { Assert: false, AssertedNumber: not null })
            map.Report(map.At("asserted_number"), map.PathOf("asserted_number"), "is sent with 'assert: true' only");
        if (options is { Assert: true, AssertedNumber: null, Numbers.Count: 0 })
            map.Report(map.At("assert"), map.PathOf("assert"), "there is no number to assert; add 'asserted_number' or 'numbers'");
        return options;
    }

    private static PhoneNumber? ReadNumber(MapReader map, string key, ScalarNode text)
    {
        if (NumberNormalizer.TryNormalize(text.Value, null, out PhoneNumber number, out string? error))
            return number;
        map.Report(text, map.PathOf(key), $"'{(text.Value.Length <= 40 ? text.Value : text.Value[..40])}' is no number: {error}");
        return null;
    }

    private ContactColumns ReadColumns()
    {
        var usual = new ContactColumns();
        if (_root.Map("contacts") is not { } map)
            return usual;
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((ScalarNode name, ConfigNode value) in map.Named("variables"))
        {
            if (value is ScalarNode { Value.Length: > 0 } column)
                variables[name.Value] = column.Value;
            else
                map.Report(value, $"contacts.variables.{name.Value}", "must name a column");
        }
        var columns = new ContactColumns
        {
            Number = map.Has("number") ? Texts(map, "number") : usual.Number,
            TimeZone = map.Has("time_zone") ? Texts(map, "time_zone") : usual.TimeZone,
            Country = map.Has("country") ? Texts(map, "country") : usual.Country,
            DefaultCountry = map.Text("default_country"),
            Variables = variables,
        };
        map.Done();
        if (columns.DefaultCountry is { } country && !NumberNormalizer.IsCountry(country))
            map.Report(map.Get("default_country")!, map.PathOf("default_country"), $"'{(country.Length <= 40 ? country : country[..40])}' is no country; write two letters, e.g. DE, GB or US");
        if (columns.Number.Count == 0)
            map.ReportHere("'number' must name at least one column");
        return columns;
    }

    private static List<string> Texts(MapReader map, string name)
    {
        IReadOnlyList<ScalarNode> texts = map.Texts(name);
        if (texts.Count > MaxList)
            map.Report(map.At(name), map.PathOf(name), $"more than {MaxList}");
        return [.. texts.Select(text => text.Value.Trim()).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).Take(MaxList)];
    }

    private static string? Sentence(MapReader map, string name)
    {
        string? text = map.Text(name)?.Trim();
        if (text?.Length > MaxSentence)
            map.Report(map.Get(name)!, map.PathOf(name), $"longer than {MaxSentence} characters");
        return text;
    }

    private static T Choice<T>(MapReader map, string name, T fallback) where T : struct, Enum
    {
        if (map.Text(name) is not { } text)
            return fallback;
        if (Words.TryRead(text, out T value))
            return value;
        map.Report(map.Get(name)!, map.PathOf(name), $"'{text}' is none of {string.Join(", ", Enum.GetValues<T>().Select(Words.Kebab))}");
        return fallback;
    }
}
