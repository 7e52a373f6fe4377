using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Inference;
using PhoneAgent.Inference.Espeak;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Espeak;

public sealed class RequiresEspeakAttribute : RequirementAttribute
{
    public override string? SkipReason => Requirements.Command("espeak-ng");
}

[RequiresEspeak]
public sealed class EspeakSynthesizerTests : SpeechSynthesizerContract
{
    protected override ISpeechSynthesizer Create() =>
        Task.Run(() => EspeakSynthesizer.CreateAsync(new EspeakOptions(), CancellationToken.None)).GetAwaiter().GetResult();

    [ContractFact]
    public async Task OtherLanguagesAreThere()
    {
        await using var espeak = Create();
        Assert.Contains(espeak.Voices, v => v.Id == "de");
        Assert.NotEmpty((await SpeakAsync(espeak, new SynthesisRequest("Guten Tag, schöne Grüße.", "de"))).Samples);
    }

    [Fact]
    public async Task AMissingProgramSaysWhatToDo()
    {
        var options = new EspeakOptions { Program = "/no/such/espeak" };
        var error = await Assert.ThrowsAsync<EngineException>(() => EspeakSynthesizer.CreateAsync(options, CancellationToken.None));
        Assert.Contains("apt-get install espeak-ng", error.Message, StringComparison.Ordinal);
        Assert.Equal(EngineHealth.Missing, (await new EspeakProbe(options).ProbeAsync(CancellationToken.None)).Health);
    }
}
