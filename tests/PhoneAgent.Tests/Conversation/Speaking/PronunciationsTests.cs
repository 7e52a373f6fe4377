using FsCheck;
using FsCheck.Fluent;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Conversation.Speaking;

public class PronunciationsTests
{
    private static readonly Pronunciations Words = new(new Dictionary<string, string>
    {
        ["GIF"] = "jiff", ["gif animation"] = "jiff film", ["sked"] = "shed yule", ["Nguyen"] = "win", ["C++"] = "see plus plus", ["a"] = "ay",
    });

    [Theory]
    [InlineData("A GIF, not gifs or GIFs.", "ay jiff, not gifs or GIFs.")]
    [InlineData("gif", "gif")]
    [InlineData("Gif Animation", "jiff film")]
    [InlineData("Sked, SKED: skeds", "shed yule, shed yule: skeds")]
    [InlineData("Mr. Nguyen's C++!", "Mr. win's see plus plus!")]
    [InlineData("s\u212Aed", "s\u212Aed")]
    [InlineData("", "")]
    public void Whole_words_are_said_otherwise(string written, string spoken) => Assert.Equal(spoken, Words.Apply(written).Text);

    [Fact]
    public void Places_are_those_of_the_written_text()
    {
        PronouncedText text = Words.Apply("My sked, Nguyen, is full");
        Assert.Equal("My shed yule, win, is full", text.Text);
        Assert.Equal([0, 3, 3, 9, 17, 20], ((string[])["My", "shed", "yule", "win", "is", "full"]).Select(word => text.OriginOf(text.Text.IndexOf(word, StringComparison.Ordinal))));
    }

    [Fact]
    public void What_is_not_changed_stays_at_its_place() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(1_000), Prop.ForAll(
        Gen.Elements("GIF", "sked", "Nguyen", " ", " ", ", ", "other", "C++", "a", "é").ListOf().Select(parts => string.Concat(parts)).ToArbitrary(), written =>
        {
            PronouncedText spoken = Words.Apply(written);
            int before = 0;
            for (int i = 0; i < spoken.Text.Length; i++)
            {
                int origin = spoken.OriginOf(i);
                Assert.InRange(origin, before, written.Length - 1);
                before = origin;
                if (!char.IsLetter(spoken.Text[i]) && spoken.Text[i] is ',' or 'é')
                    Assert.Equal(spoken.Text[i], written[origin]);
            }
        }));

    [Fact]
    public async Task What_was_heard_is_told_in_written_words()
    {
        var engine = new FakeSynthesizer();
        await using var voice = new PronouncingSynthesizer(engine, Words);
        var queue = new SpeechQueue();
        SpeechSentence sentence = queue.Add(1, "My sked, Nguyen, is full", interruptible: true);
        await foreach (SynthesizedAudio chunk in voice.SynthesizeAsync(new SynthesisRequest(sentence.Text), CancellationToken.None))
            queue.Append(sentence, chunk);
        queue.Open(1);
        Assert.Equal("My shed yule, win, is full", Assert.Single(engine.Requests));
        // Until "is" begins, that is after "My shed yule, win, ".
        for (int played = 0; played < "My shed yule, win, ".Length * FakeSynthesizer.SamplesPerCharacter; played += 320)
            queue.Read(played, new short[320]);
        Assert.Equal("My sked, Nguyen,", queue.Cut());
    }
}
