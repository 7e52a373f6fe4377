using System.Globalization;
using System.Xml.Linq;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Inference.AzureSpeech;

namespace PhoneAgent.Tests.Inference.AzureSpeech;

/// <summary>A service that reads SSML aloud as a tone: 60 ms a character, faster with a rate, after 150 ms of silence. It knows one voice.</summary>
internal sealed class ToneSpeaking(AzureSpeechOptions options) : IAzureSpeaking
{
    public Task<IAzureSpeech> SpeakAsync(string ssml, CancellationToken cancellationToken)
    {
        var document = XDocument.Parse(ssml);
        var voice = document.Descendants().Single(element => element.Name.LocalName == "voice").Attribute("name")!.Value;
        if (voice != options.Voice)
            throw AzureFailures.ToException(options, new AzureFailure("BadRequest", $"Unsupported voice {voice}."));
        var rate = document.Descendants().FirstOrDefault(element => element.Name.LocalName == "prosody")?.Attribute("rate")?.Value ?? "1";
        return Task.FromResult<IAzureSpeech>(new Speech(document.Root!.Value, double.Parse(rate, CultureInfo.InvariantCulture)));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal sealed class Speech(string text, double rate) : IAzureSpeech
    {
        public const int Silence = AudioFormat.SampleRate * 15 / 100;

        private readonly long length = Silence + (long)(text.Length * 0.06 * AudioFormat.SampleRate / rate);
        private long position;
        private bool told;

        public int Read(Span<short> samples)
        {
            var count = (int)Math.Min(samples.Length, length - position);
            for (var i = 0; i < count; i++)
                samples[i] = position + i < Silence ? (short)0 : (short)(8_000 * Math.Sin((position + i) * 0.1));
            position += count;
            return count;
        }

        public IReadOnlyList<(string Word, TimeSpan At)> TakeWords()
        {
            if (told)
                return [];
            told = true;
            var words = new List<(string, TimeSpan)>();
            var at = 0;
            foreach (var word in text.Split(' '))
            {
                words.Add((word, AudioFormat.ToTime(Silence + (long)(at * 0.06 * AudioFormat.SampleRate / rate))));
                at += word.Length + 1;
            }
            return words;
        }

        public void Dispose() { }
    }
}
