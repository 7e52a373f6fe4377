using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference.Flite;
using PhoneAgent.ModelTests.Flite;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Speaking;

/// <summary>A real voice that says some words otherwise keeps every promise, in places of the written text.</summary>
[RequiresFlite]
public sealed class PronouncingSynthesizerTests : SpeechSynthesizerContract, IDisposable
{
    private readonly FliteSynthesizer flite = new(new FliteOptions());

    public void Dispose() => flite.DisposeAsync().AsTask().GetAwaiter().GetResult();

    protected override ISpeechSynthesizer Create() => new PronouncingSynthesizer(flite, new Pronunciations(new Dictionary<string, string>
    {
        ["open"] = "wide open", ["%"] = " percent ", ["today"] = "t'day",
    }));

    [ContractFact]
    public async Task MarksStandInTheWrittenText()
    {
        var words = (await SpeakAsync(Create(), new SynthesisRequest(Sentence))).Words;
        Assert.Equal(2, words.Count(w => w.TextOffset == Sentence.IndexOf("open", StringComparison.Ordinal)));
        Assert.Equal(Sentence.IndexOf("today", StringComparison.Ordinal), words[^1].TextOffset);
    }
}
