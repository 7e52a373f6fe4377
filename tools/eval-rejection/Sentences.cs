using PhoneAgent.Conversation.Hearing;

namespace PhoneAgent.EvalRejection;

/// <summary>Steps of a front desk, what callers say to them, and what callers say that no step expects.</summary>
internal static class Sentences
{
    private static readonly PhraseAnswer[] Always =
    [
        new("repeat", ["[can you] (repeat | say) that [again] [please]", "repeat", "pardon", "what did you say"]),
        new("human", ["[a] human", "[can i] (speak | talk) to (a person | someone | an agent)", "[an] (agent | operator)", "representative"]),
        new("goodbye", ["goodbye", "bye [bye]", "that's all"]),
    ];

    public static readonly (string Name, Expectation Expectation)[] Steps =
    [
        ("menu", new Expectation { Answers =
        [
            new PhraseAnswer("hours", ["[what are] your opening hours", "opening hours", "when are you open [on (saturday | sunday)]", "are you open (today | tomorrow | on (saturday | sunday))", "what time do you (open | close) [today]"]),
            new PhraseAnswer("order", ["[i'd like to] (check | track) my order", "where is my order", "order status", "[i have] a question about my order"]),
            new PhraseAnswer("message", ["[i'd like to | i want to] leave a message", "take a message"]),
            new PhraseAnswer("callback", ["[can you | please] call me back", "[i'd like] a callback"]),
            .. Always,
        ] }),
        ("digits", new Expectation { Answers = [new DigitsAnswer("number", 4, 8), .. Always] }),
        ("confirm", new Expectation { Answers = [new YesNoAnswer("yes_no"), .. Always] }),
        ("day", new Expectation { Answers = [new DateAnswer("day"), new TimeAnswer("time"), .. Always] }),
        ("commands", new Expectation { Answers = [new PhraseAnswer("command", ["go", "start", "stop", "help", "erase", "enter"]), new YesNoAnswer("yes_no"), .. Always] }),
        ("digit", new Expectation { Answers = [new DigitsAnswer("number", 1, 6), .. Always] }),
    ];

    /// <summary>Synthetic sentences; each is in some grammars and out of the others.</summary>
    public static readonly string[] Expected =
    [
        "what are your opening hours", "opening hours", "when are you open", "when are you open on sunday", "are you open tomorrow", "are you open on saturday",
        "what time do you close", "what time do you open today", "i'd like to check my order", "where is my order", "order status",
        "i have a question about my order", "i'd like to leave a message", "leave a message", "call me back", "can you call me back please",
        "four two zero seven", "one two three four five", "nine nine eight one", "it's five double six three", "oh seven one two eight four", "three eight one five nine two",
        "six six four oh one two", "the number is seven two one nine", "yes", "no", "yeah", "yes please", "no thank you", "that's right", "that's wrong", "yes that's correct",
        "nope", "tomorrow", "next monday", "the fifth of may", "on friday", "half past two", "at nine", "three thirty p m", "tomorrow morning",
        "no i said four two zero seven", "no it's nine nine eight one", "actually five six double two", "no i said friday", "it's tomorrow", "i mean the third of june",
        "can you repeat that", "can i speak to someone", "a human please", "operator", "goodbye", "bye bye", "that's all", "pardon",
    ];

    public static readonly string[] Unexpected =
    [
        "i lost my umbrella on the bus", "the weather is lovely this afternoon", "do you sell garden furniture", "my cat has eaten the newspaper",
        "i would like a large pizza with mushrooms", "could you tell me who won the match", "the printer in my office is broken", "hold on a second",
        "let me get my glasses", "sorry i was talking to my husband", "turn the music down", "no idea what you mean by that", "is this a recording",
        "i think i have the wrong number", "my name is elizabeth parker", "i live in birmingham", "it depends on the price", "maybe later",
        "the invoice does not look right to me", "can i pay with a credit card", "how much is the delivery", "the blue one with the wooden handle",
        "i already told you that", "why is this taking so long", "seven of clubs", "forward ten metres", "my daughter broke her leg", "have you got any vacancies",
        "just a moment please", "what", "hello", "banana", "computer", "yesterday evening we went swimming", "she sells sea shells",
        "could i cancel the appointment", "this is about my insurance claim", "there is nobody here", "open the window", "never mind",
    ];
}
