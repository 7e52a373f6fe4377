using Xunit;

namespace PhoneAgent.Tests.Conversation.Dialogue;

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
}
