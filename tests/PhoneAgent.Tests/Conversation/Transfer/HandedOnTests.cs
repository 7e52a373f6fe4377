using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Conversation.Dialogue.Scripted;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Conversation.Transfer.Brief;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using PhoneAgent.Tests.Conversation.Transfer.Brief;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Transfer;

/// <summary>A call that another agent has taken over before a human gets it.</summary>
public sealed class HandedOnTests
{
    [Fact]
    public async Task The_human_is_told_by_the_agent_who_hands_over_and_in_his_voice()
    {
        AgentDefinition desk = BriefCalls.FrontDesk();
        AgentDefinition billing = desk with { Name = "billing", Voice = "two" };
        var line = new FakePhoneLine();
        FakeHuman human = line.Add("200");
        human.WhenCalled = h => h.Answer();
        BriefSource? source = null;
        var setup = new TransferSetup
        {
            Line = line, Agent = "desk", Definition = desk,
            Brief = (about, _, _) => Task.FromResult(new WrittenBrief(BriefByRules.Write(source = about).Spoken, new Dictionary<string, string>())),
        };
        await using var call = new ScriptedCall(turn => turn is DialogueTurn.CallerSaid
            ? [new DialogueAction.Say("I connect you."), new DialogueAction.Transfer("200", TransferReasons.Asked)]
            : [new DialogueAction.UseVoice("two") { Agent = billing, Sound = billing.Sound }, new DialogueAction.Listen(new Expectation { FreeText = true })], transfers: setup);
        await call.Say(1, "a human please", 0.5).At(20, () => human.Press('1')).RunAsync(25);
        Assert.Equal(("billing", billing), (source!.Agent, source.Definition));
        SynthesisRequest brief = call.Synthesizer.FullRequests.Single(request => request.Text.Contains("assistant billing", StringComparison.Ordinal));
        Assert.Equal("two", brief.Voice);
    }
}
