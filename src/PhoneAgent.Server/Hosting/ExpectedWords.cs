using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;

namespace PhoneAgent.Server.Hosting;

/// <summary>Can a recogniser understand what an agent's steps expect to hear?</summary>
internal static class ExpectedWords
{
    /// <summary>Prepares every step. What cannot be understood comes back with its step, a sentence each.</summary>
    public static async Task<IReadOnlyList<(string Step, string Problem)>> PrepareAsync(ISpeechRecognizer recognizer, ScriptedAgent agent, CancellationToken cancellationToken)
    {
        var problems = new List<(string, string)>();
        foreach ((string step, Expectation expectation) in agent.Definition.Expectations())
            foreach (string problem in await recognizer.PrepareAsync(new RecognitionRequest(expectation, agent.Session.Language), cancellationToken).ConfigureAwait(false))
                problems.Add((step, problem));
        return problems;
    }

    /// <summary>The agent speaks by a language model, and no recogniser hears more than phrases that it was told of before.</summary>
    public static bool HearsOnlyPhrases(ISpeechRecognizer recognizer, ScriptedAgent agent) =>
        agent.Definition.Model is not null && recognizer is not MissingRecognizer
        && (recognizer is RecognizerChain chain ? chain.Members.All(member => member.Engine.NeedsExpectation) : recognizer.NeedsExpectation);
}
