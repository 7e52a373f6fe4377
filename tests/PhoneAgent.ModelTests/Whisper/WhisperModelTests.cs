using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.Models;
using PhoneAgent.Inference.Whisper;
using PhoneAgent.ModelTests.Flite;
using PhoneAgent.ModelTests.PocketSphinx;
using PhoneAgent.Testing.Contracts;
using Xunit;

namespace PhoneAgent.ModelTests.Whisper;

[RequiresWhisper]
[RequiresFlite]
public sealed class WhisperModelTests : SpeechRecognizerContract
{
    private static readonly RecognitionRequest FrontDesk = new(new Expectation
    {
        Answers = [new PhraseAnswer("hours", ["[when] are you open [on (saturday | sunday)]"]), new DigitsAnswer("order", 4, 8), new YesNoAnswer("yes_no")],
    });

    protected override ISpeechRecognizer Create() =>
        WhisperServices.CreateRecognizer(new WhisperOptions { Model = RequiresWhisperAttribute.Model! }, new ModelStore(ModelManifest.Parse("""{"models":[]}"""u8.ToArray(), "none"), "."));

    protected override Task<short[]> SpeakAsync(string words) => TelephoneSpeech.SpeakAsync(words);

    [ContractFact]
    public async Task TellsWhichAnswerItWas()
    {
        await using var recognizer = Create();
        foreach (var (words, tag) in new[] { ("when are you open on sunday", "hours"), ("four two zero seven one eight", "order"), ("yes please", "yes_no") })
        {
            var final = Final(await RecognizeAsync(recognizer, FrontDesk, await SpeakAsync(words)));
            Assert.Equal((RecognitionOutcome.Recognized, tag), (final.Outcome, final.Tag));
        }
    }
}
