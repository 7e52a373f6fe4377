using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Listening;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Listening;

public class EndpointerTests
{
    private static readonly EndpointingOptions Options = new();
    private static readonly Expectation Digits = new() { Answers = [new DigitsAnswer("number", 1, 6)] };

    [Theory]
    [InlineData("", false, "no-words", 600)]
    [InlineData("what are your hours", true, "complete-answer", 260)]
    [InlineData("what are your", false, "base", 600)]
    [InlineData("i would like to ask and", false, "unfinished", 1200)]
    [InlineData("um", false, "unfinished", 1200)]
    public void Silence_fits_the_words(string text, bool complete, string rule, int milliseconds)
    {
        EndpointDecision decision = new Endpointer(Options).Decide(Result(text, complete), Expectation.Nothing);
        Assert.Equal((rule, TimeSpan.FromMilliseconds(milliseconds)), (decision.Rule, decision.Silence));
    }

    [Theory]
    [InlineData("four two zero", "digits-unfinished")]
    [InlineData("four two zero seven one eight", "complete-answer")]
    [InlineData("four two double five one eight", "complete-answer")]
    [InlineData("a human please", "complete-answer")]
    public void A_number_that_is_being_read_out_is_waited_for(string text, string rule) =>
        Assert.Equal(rule, new Endpointer(Options).Decide(Result(text, complete: true), Digits).Rule);

    [Fact]
    public void A_caller_with_long_pauses_gets_longer_ones()
    {
        var endpointer = new Endpointer(Options);
        endpointer.PauseEnded(TimeSpan.FromMilliseconds(800));
        Assert.Equal(920, endpointer.Decide(Result("so what", false), Expectation.Nothing).Silence.TotalMilliseconds, 1);
        endpointer.PauseEnded(TimeSpan.FromSeconds(5));
        Assert.Equal(Options.Incomplete, endpointer.Decide(Result("so what", false), Expectation.Nothing).Silence);
    }

    [Fact]
    public void Cutting_in_makes_it_more_patient_up_to_a_bound()
    {
        var endpointer = new Endpointer(Options);
        for (int i = 0; i < 10; i++)
            endpointer.CutIn();
        Assert.Equal(Options.Base * 1.6, endpointer.Decide(Result("so what", false), Expectation.Nothing).Silence);
        Assert.Equal(Options.CompleteAnswer * 1.5, endpointer.Decide(Result("yes", true), Expectation.Nothing).Silence);
    }

    private static RecognitionResult Result(string text, bool complete) =>
        new() { IsFinal = false, Text = text, IsCompleteAnswer = complete, Outcome = RecognitionOutcome.Recognized };
}
