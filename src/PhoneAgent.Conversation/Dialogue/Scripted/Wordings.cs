namespace PhoneAgent.Conversation.Dialogue.Scripted;

/// <summary>What the agent says by itself, beside the script. Every one can be written anew in the agent file, under the same name in snake case.</summary>
public sealed class Wordings
{
    private readonly Dictionary<string, Lines> _texts;

    /// <summary>Name → variants and the variables they may use.</summary>
    internal static readonly IReadOnlyDictionary<string, (string[] Variants, string[] Variables)> Defaults =
        new Dictionary<string, (string[], string[])>(StringComparer.Ordinal)
        {
            ["not_understood"] = (["Sorry, I didn't catch that.", "I'm sorry, I still didn't understand."], []),
            ["another_way"] = (["Let's try it another way."], []),
            ["press_key"] = (["For {label}, press {key}."], ["label", "key"]),
            ["enter_digits"] = (["Please enter {label} on your phone's keys, then press pound."], ["label"]),
            ["enter_date"] = (["Please enter the month and the day with two keys each."], []),
            ["enter_time"] = (["Please enter the hour and the minutes with two keys each."], []),
            ["enter_yes_no"] = (["Press one for yes or two for no."], []),
            ["press_human"] = (["For a person, press zero."], []),
            ["did_you_say"] = (["Did you say {heard}?", "Was that {heard}?"], ["heard"]),
            ["did_you_want"] = (["Did you want {heard}?", "Was that {heard}?"], ["heard"]),
            ["read_back"] = (["I have {heard}. Is that right?"], ["heard"]),
            ["say_yes_or_no"] = (["Please say yes or no."], []),
            ["sorry_again"] = (["Sorry about that."], []),
            ["rest_of_digits"] = (["So far I have {heard}. What are the {missing} digits after that?"], ["heard", "missing"]),
            ["last_digit"] = (["So far I have {heard}. What is the last digit?"], ["heard"]),
            ["too_many_digits"] = (["That was {count} digits, but {label} has {max}."], ["count", "label", "max"]),
            ["human"] = (["I'll connect you with a colleague."], []),
            ["escalated"] = (["I'm sorry that this has been so difficult. I'll connect you with a colleague who can help."], []),
            ["no_human"] = (["I'm sorry, there is nobody I can connect you with."], []),
            ["want_human"] = (["a person"], []),
            ["want_goodbye"] = (["to end the call"], []),
            ["transfer_failed"] = (["I'm sorry, I couldn't reach anyone."], []),
            ["goodbye"] = (["Goodbye."], []),
            ["silent"] = (["Are you still there?"], []),
            ["silent_goodbye"] = (["I can't hear you, so I'll hang up now. Please call again any time. Goodbye."], []),
            ["give_up"] = (["I'm sorry, I'm having trouble understanding you."], []),
            ["give_up_goodbye"] = (["I'm sorry that I couldn't help. Please call again. Goodbye."], []),
            ["help"] = ([], []),
            ["one_moment"] = (["One moment, please.", "Let me have a look.", "I'm still on it."], []),
            ["refusal"] = (["I'm sorry, I can't talk about that. How else can I help?"], []),
            // What the human hears before he takes the call.
            ["brief_caller"] = (["This is the assistant {agent}, with {caller} on the line."], ["agent", "caller"]),
            ["brief_keys"] = (["Press 1 to take the call, or 2 to decline."], []),
            ["brief_nobody"] = (["a caller"], []),
            ["brief_number"] = (["a caller whose number ends in {digits}"], ["digits"]),
            ["brief_asked"] = (["The caller asked for a person."], []),
            ["brief_frustrated"] = (["The caller is frustrated."], []),
            ["brief_anxious"] = (["The caller sounds anxious."], []),
            ["brief_sad"] = (["The caller sounds sad."], []),
            ["brief_not_understood"] = (["I did not understand the caller."], []),
            ["brief_reason"] = (["The reason is: {reason}."], ["reason"]),
            ["brief_topics"] = (["It is about {topics}."], ["topics"]),
            ["brief_said"] = (["The caller said: {words}."], ["words"]),
            ["brief_field"] = (["The {name} is {value}."], ["name", "value"]),
            ["lost_thread"] = (["I'm sorry, I lost my thread. Could you say that again?"], []),
        };

    internal Wordings(IReadOnlyDictionary<string, Lines> overrides) =>
        _texts = Defaults.ToDictionary(
            pair => pair.Key,
            pair => overrides.GetValueOrDefault(pair.Key) ?? Lines.Of([.. pair.Value.Variants.Select(Template.Parse)]),
            StringComparer.Ordinal);

    public Lines this[string name] => _texts[name];

    internal IEnumerable<Template> All => _texts.Values.SelectMany(lines => lines.All);
}
