using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue.Scripted;

/// <summary>Whole conversations with the agent that comes with the program, in text.</summary>
public sealed class FrontDeskTests
{
    private static Task Converse(string script, string caller = "5550100") => new TextCall(TextCall.FrontDesk(), caller).RunAsync(script);

    [Fact]
    public Task Tells_the_opening_hours_of_today_and_of_a_named_day() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: when are you open
        agent: We are open today from ten in the morning to four in the afternoon. Is there anything else I can do for you?
        caller: are you open on monday
        agent: We are open on Monday from nine in the morning to six in the evening. Can I help you with anything else?
        caller: are you open tomorrow
        agent: We are closed tomorrow. Is there anything else I can do for you?
        caller: when are you open
        agent: We are open today from ten in the morning to four in the afternoon. Can I help you with anything else?
        caller: no thank you
        agent: Thank you for calling Northside Bikes. Goodbye. [hang up completed]
        """);

    [Fact]
    public Task Looks_up_an_order() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: where is my order
        agent: What is your order number?
        caller: it's four two oh seven one eight
        agent: One moment, I'm looking up order four two, zero seven, one eight. Your order has been shipped. It should arrive on Tuesday, November twenty-fourth. Is there anything else I can do for you?
        caller: no i said four two oh seven one nine
        agent: One moment, I'm looking up order four two, zero seven, one nine. Your order is ready. You can pick it up any time we are open. The total is one hundred and twenty-nine dollars. Can I help you with anything else?
        caller: goodbye
        agent: Thank you for calling Northside Bikes. Goodbye. [hang up completed]
        """);

    [Fact]
    public Task Understands_a_free_sentence_by_its_likeness() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: Could you tell me when you open tomorrow?
        agent: We are closed tomorrow. Is there anything else I can do for you?
        """);

    [Fact]
    public Task Asks_for_the_rest_of_a_number_and_confirms_what_was_unclear() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: <2>
        agent: What is your order number?
        caller: four two oh seven
        agent: So far I have four two, zero seven. What are the two digits after that?
        caller: double five
        agent: One moment, I'm looking up order four two, zero seven, five five. I can't find an order with that number. Would you like to try again?
        caller: yes please
        agent: What is your order number?
        caller: 0.6 three one zero zero four two
        agent: Did you say three one, zero zero, four two?
        caller: no i said five five eight two oh one
        agent: One moment, I'm looking up order five five, eight two, zero one. That order was cancelled. A colleague can tell you more. Is there anything else I can do for you?
        """);

    [Fact]
    public Task Starts_a_number_anew_when_the_caller_gives_the_whole_one() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: track my order
        agent: What is your order number?
        caller: three one oh oh four
        agent: So far I have three one, zero zero, four. What is the last digit?
        caller: three one oh oh four two
        agent: One moment, I'm looking up order three one, zero zero, four two. Your order is in our workshop. It will be ready on Friday, November twenty-seventh. Is there anything else I can do for you?
        """);

    [Fact]
    public Task Says_when_there_are_too_many_digits() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: my order
        agent: What is your order number?
        caller: one two three four five six seven
        agent: That was seven digits, but the order number has six. What is your order number?
        caller: <310042>
        agent: One moment, I'm looking up order three one, zero zero, four two. Your order is in our workshop. It will be ready on Friday, November twenty-seventh. Is there anything else I can do for you?
        """);

    [Fact]
    public Task Is_told_that_the_last_answer_was_wrong() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: where is my order
        agent: What is your order number?
        caller: no i said opening hours
        agent: We are open today from ten in the morning to four in the afternoon. Is there anything else I can do for you?
        caller: where is my order
        agent: What is your order number?
        caller: four two zero seven one eight
        agent: One moment, I'm looking up order four two, zero seven, one eight. Your order has been shipped. It should arrive on Tuesday, November twenty-fourth. Can I help you with anything else?
        caller: that's wrong
        agent: Sorry about that. What is your order number?
        """);

    [Fact]
    public async Task Takes_a_message_with_words_or_only_by_its_place_in_the_recording()
    {
        VirtualTime time = TextCall.Saturday();
        var call = new TextCall(TextCall.FrontDesk(), time: time);
        await call.StartAsync();
        await call.CallerAsync("take a message");
        Assert.True(call.Expectation.FreeText);
        time.Advance(TimeSpan.FromSeconds(12));
        call.Dialogue.Heard("Please say your message now.", interrupted: false);
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("Thank you, I have recorded your message. Is there anything else I can do for you?", await call.CallerAsync("(noise)"));
        Assert.Equal("", call.Notes["message"]);
        Assert.Equal("call-1 00:00:12-00:00:32", call.Notes["message_recording"]);
        Assert.Equal("5550100", call.Notes["message_from"]);
        await call.CallerAsync("leave a message");
        await call.CallerAsync("Please tell Anna that the bell is broken.");
        Assert.Equal("Please tell Anna that the bell is broken.", call.Notes["message"]);
    }

    [Fact]
    public async Task Arranges_a_callback_on_the_callers_own_number()
    {
        var call = new TextCall(TextCall.FrontDesk());
        await call.RunAsync("""
            agent: Thank you for calling Northside Bikes. How can I help you?
            caller: call me back please
            agent: Shall we call you on the number you are calling from?
            caller: yes that's right
            agent: On which day should we call?
            caller: next monday
            agent: And at what time?
            caller: half past two
            agent: We will call you on Monday at two thirty in the afternoon. Is there anything else I can do for you?
            """);
        Assert.Equal(("5550100", "2026-11-23", "14:30"), (call.Notes["callback_number"], call.Notes["callback_day"], call.Notes["callback_time"]));
        Assert.Equal(["own_number=yes", "callback_day=2026-11-23", "callback_time=14:30"], call.Collected);
    }

    [Fact]
    public Task Reads_a_telephone_number_back() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: <4>
        agent: Which number should we call?
        caller: it's five five five oh one double nine
        agent: I have five five, five zero, one nine, nine. Is that right?
        caller: (noise)
        agent: Sorry, I didn't catch that. Please say yes or no. I have five five, five zero, one nine, nine. Is that right?
        caller: no
        agent: Sorry about that. Please tell me the telephone number digit by digit, or enter it on your phone and press pound.
        caller: <5550188#>
        agent: I have five five, five zero, one eight, eight. Is that right?
        caller: <1>
        agent: On which day should we call?
        caller: <1130>
        agent: And at what time?
        caller: <0915>
        agent: We will call you on Monday, November thirtieth at nine fifteen in the morning. Is there anything else I can do for you?
        """, caller: "anonymous");

    [Fact]
    public Task Finds_other_ways_when_it_does_not_understand() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: (noise)
        agent: Sorry, I didn't catch that. You can ask about opening hours or an order, leave a message, or get a callback. Which would you like?
        caller: 0.3 my order
        agent: I'm sorry, I still didn't understand. You can ask about opening hours or an order, leave a message, or get a callback. Which would you like?
        caller: purple elephants
        agent: Let's try it another way. For opening hours, press one. For an order, press two. For leaving a message, press three. For a callback, press four. For a person, press zero.
        caller: (noise)
        agent: I'm sorry, I'm having trouble understanding you. I'll connect you with a colleague. One moment please. [transfer 200]
        caller: (transfer failed)
        agent: I'm sorry, nobody is free right now. Shall we call you back?
        caller: no
        agent: Is there anything else I can do for you?
        """);

    [Fact]
    public Task Ends_politely_when_nobody_speaks() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: (silent)
        agent: Are you still there? How can I help you?
        caller: (silent)
        agent: I can't hear you, so I'll hang up now. Please call again any time. Goodbye. [hang up silent]
        """);

    [Fact]
    public Task Asks_before_it_acts_on_an_unclear_wish() => Converse("""
        agent: Thank you for calling Northside Bikes. How can I help you?
        caller: 0.5 a human please
        agent: Did you want a person?
        caller: no
        agent: Sorry about that. You can ask about opening hours or an order, leave a message, or get a callback. Which would you like?
        caller: 0.5 opening hours
        agent: Was that opening hours?
        caller: yeah
        agent: We are open today from ten in the morning to four in the afternoon. Is there anything else I can do for you?
        """);
}
