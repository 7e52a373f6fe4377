using PhoneAgent.Conversation.Listening;
using PhoneAgent.Inference.Energy;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.Tests.Inference;

public sealed class EnergyVoiceDetectorTests : VoiceDetectorContract
{
    protected override IVoiceDetector Create() => new EnergyVoiceDetector();

    [ContractFact]
    public void ASteadyToneIsNoSpeech()
    {
        // A dial tone is as periodic as a vowel, but its level does not move.
        var tone = new short[320 * 200];
        for (var i = 0; i < tone.Length; i++)
            tone[i] = (short)(3_000 * Math.Sin(i * 2 * Math.PI * 350 / 16_000) + 3_000 * Math.Sin(i * 2 * Math.PI * 440 / 16_000));
        Assert.InRange(Share(Detect(tone)), 0, 0.15);
    }
}
