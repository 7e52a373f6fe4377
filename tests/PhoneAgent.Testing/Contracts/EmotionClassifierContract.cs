using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Hearing;
using Xunit;

namespace PhoneAgent.Testing.Contracts;

/// <summary>What every emotion classifier promises. A subclass says how to make one and gives it a voice.</summary>
public abstract class EmotionClassifierContract
{
    private const int Frame = AudioFormat.FrameSamples;

    protected abstract IEmotionClassifier Create();

    /// <summary>A voice of two seconds whose tone the classifier knows, 16 kHz.</summary>
    protected abstract short[] Voice { get; }

    /// <summary>How it sounds.</summary>
    protected abstract string Tone { get; }

    [ContractFact]
    public Task A_voice_has_one_of_our_labels_and_all_probabilities() => With(async classifier =>
    {
        EmotionReading reading = await ReadAsync(classifier, Voice);
        Assert.Equal(Tone, reading.Label);
        Assert.Contains(reading.Label, EmotionLabels.Known);
        Assert.InRange(reading.Confidence, 0.01, 1);
        Assert.Equal(1, reading.Probabilities.Values.Sum(), 0.001);
        Assert.All(reading.Probabilities, p => Assert.InRange(p.Value, 0, 1));
        Assert.All(reading.Probabilities.Keys, label => Assert.Contains(label, EmotionLabels.Known));
        Assert.Equal(reading.Probabilities[reading.Label], reading.Confidence, 0.001);
        Assert.Null(reading.Reason);
    });

    [ContractFact]
    public Task What_is_no_voice_is_unknown_and_says_why() => With(async classifier =>
    {
        var random = new Random(3);
        short[] hiss = new short[Frame * 100];
        for (int i = 0; i < hiss.Length; i++)
            hiss[i] = (short)random.Next(-300, 301);
        foreach (short[] audio in new[] { [], new short[Frame], new short[Frame * 100], Voice[..(2 * Frame)], hiss })
        {
            EmotionReading reading = await ReadAsync(classifier, audio);
            Assert.Equal(EmotionLabels.Unknown, reading.Label);
            Assert.Equal(0, reading.Confidence);
            Assert.Empty(reading.Probabilities);
            Assert.NotNull(reading.Reason);
        }
    });

    [ContractFact]
    public Task An_interim_reading_is_as_good_as_a_final_one_and_the_utterance_goes_on() => With(async classifier =>
    {
        using IEmotionStream stream = classifier.Open("en-US");
        Assert.Equal(EmotionLabels.Unknown, (await stream.InterimAsync(CancellationToken.None))!.Label);
        Push(stream, Voice);
        EmotionReading? interim = await stream.InterimAsync(CancellationToken.None);
        Assert.Equal(Tone, interim!.Label);
        Push(stream, new short[Frame * 10]);
        Assert.Equal(Tone, (await stream.FinishAsync(CancellationToken.None)).Label);
    });

    [ContractFact]
    public Task Whatever_the_samples_are_there_is_a_reading() => With(async classifier =>
    {
        var random = new Random(4);
        short[] audio = new short[Frame * 200];
        for (int i = 0; i < audio.Length; i++)
            audio[i] = (i / 9_000 % 4) switch { 0 => short.MaxValue, 1 => short.MinValue, 2 => (short)random.Next(short.MinValue, short.MaxValue), _ => 0 };
        EmotionReading reading = await ReadAsync(classifier, audio);
        Assert.True(reading.Confidence is >= 0 and <= 1);
        Assert.All(reading.Probabilities.Values, p => Assert.True(p is >= 0 and <= 1));
    });

    [ContractFact]
    public Task Many_at_once_hear_as_one_alone() => With(async classifier =>
    {
        EmotionReading alone = await ReadAsync(classifier, Voice);
        EmotionReading[] readings = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(() => ReadAsync(classifier, i % 3 == 2 ? new short[Frame * 60] : Voice))));
        for (int i = 0; i < readings.Length; i++)
        {
            Assert.Equal(i % 3 == 2 ? EmotionLabels.Unknown : alone.Label, readings[i].Label);
            if (i % 3 != 2)
                Assert.Equal(alone.Confidence, readings[i].Confidence, 0.001);
        }
    });

    [ContractFact]
    public Task Pushing_a_frame_does_not_allocate() => With(classifier =>
    {
        using IEmotionStream stream = classifier.Open("en-US");
        short[] voice = Voice;
        Push(stream, voice);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Push(stream, voice);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        return Task.CompletedTask;
    });

    [ContractFact]
    public Task One_may_give_up_at_any_time() => With(async classifier =>
    {
        using (IEmotionStream stream = classifier.Open("en-US"))
        {
            Push(stream, Voice);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.FinishAsync(new CancellationToken(canceled: true)));
        }
        classifier.Open("en-US").Dispose();
        Assert.Equal(Tone, (await ReadAsync(classifier, Voice)).Label);
    });

    protected static async Task<EmotionReading> ReadAsync(IEmotionClassifier classifier, short[] audio, string language = "en-US")
    {
        ArgumentNullException.ThrowIfNull(classifier);
        using IEmotionStream stream = classifier.Open(language);
        Push(stream, audio);
        return await stream.FinishAsync(CancellationToken.None);
    }

    protected static void Push(IEmotionStream stream, ReadOnlySpan<short> audio)
    {
        ArgumentNullException.ThrowIfNull(stream);
        for (int at = 0; at + Frame <= audio.Length; at += Frame)
            stream.Push(audio.Slice(at, Frame));
    }

    private async Task With(Func<IEmotionClassifier, Task> test)
    {
        using IEmotionClassifier classifier = Create();
        await test(classifier);
    }
}
