using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Providers;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;
using PhoneAgent.Inference.PocketSphinx;
using PhoneAgent.ModelTests.Flite;
using PhoneAgent.ModelTests.PocketSphinx;
using PhoneAgent.Testing.Contracts;
using PhoneAgent.Testing.Providers;

namespace PhoneAgent.ModelTests.Providers;

/// <summary>A chain whose first recogniser breaks in mid-utterance hears as well as its second one alone.</summary>
[RequiresPocketSphinx]
[RequiresFlite]
public sealed class RecognizerChainContractTests : SpeechRecognizerContract
{
    protected override ISpeechRecognizer Create()
    {
        var broken = new FaultyRecognizer(new PocketSphinxRecognizer(new PocketSphinxOptions { WarmDecoders = 1 }), "broken") { Fault = RecognizerFault.FailsInTheMiddle };
        return new RecognizerChain(
            [Chains.Member("broken", (ISpeechRecognizer)broken), Chains.Member("pocketsphinx", (ISpeechRecognizer)new PocketSphinxRecognizer(new PocketSphinxOptions { WarmDecoders = 1 }))],
            new ChainOptions(), TimeProvider.System);
    }

    protected override Task<short[]> SpeakAsync(string words) => TelephoneSpeech.SpeakAsync(words);
}

/// <summary>A chain whose first voice is dead speaks as its second one alone.</summary>
[RequiresFlite]
public sealed class SynthesizerChainContractTests : SpeechSynthesizerContract
{
    protected override ISpeechSynthesizer Create()
    {
        var broken = new FaultySynthesizer(new FliteSynthesizer(new FliteOptions()), "broken") { Failure = new EngineException("broken") };
        return new SynthesizerChain(
            [Chains.Member("broken", (ISpeechSynthesizer)broken), Chains.Member("flite", (ISpeechSynthesizer)new FliteSynthesizer(new FliteOptions()))],
            new ChainOptions(), TimeProvider.System);
    }
}

internal static class Chains
{
    public static ChainMember<T> Member<T>(string name, T engine) =>
        new(name, engine, new ProviderCircuit("test", name, new CircuitOptions(), TimeProvider.System, NullLogger.Instance));
}
