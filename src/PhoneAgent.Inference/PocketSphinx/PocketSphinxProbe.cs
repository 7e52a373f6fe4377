using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Inference.PocketSphinx.Native;

namespace PhoneAgent.Inference.PocketSphinx;

/// <summary>Makes a decoder and gives it a grammar.</summary>
public sealed class PocketSphinxProbe(PocketSphinxOptions options) : IEngineProbe
{
    public string Name => "pocketsphinx";

    public async ValueTask<EngineStatus> ProbeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var recognizer = new PocketSphinxRecognizer(options with { WarmDecoders = 1 });
            await using (recognizer.ConfigureAwait(false))
            {
                var request = new RecognitionRequest(new Expectation { Answers = [new YesNoAnswer("yes_no")] });
                var problems = await recognizer.PrepareAsync(request, cancellationToken).ConfigureAwait(false);
                if (problems.Count > 0)
                    return EngineStatus.Missing($"PocketSphinx's dictionary is damaged ({problems[0]}): run `apt-get install --reinstall pocketsphinx-en-us`.");
            }
            return LetterToSound.TryLoad() is null
                ? EngineStatus.Degraded("PocketSphinx understands what a step expects, but words outside its dictionary have no pronunciation: run `apt-get install libflite1`.")
                : EngineStatus.Ok("PocketSphinx understands what a step expects, in English.");
        }
        catch (EngineException e)
        {
            return EngineStatus.Missing(e.Message);
        }
    }
}
