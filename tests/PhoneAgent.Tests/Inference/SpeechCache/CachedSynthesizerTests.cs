using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Speaking;
using PhoneAgent.Fuzz;
using PhoneAgent.Inference.SpeechCache;
using PhoneAgent.Testing;
using PhoneAgent.Testing.Calls;
using Xunit;

namespace PhoneAgent.Tests.Inference.SpeechCache;

public sealed class CachedSynthesizerTests : IAsyncLifetime
{
    private const string Greeting = "Welcome to our shop.";

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"phoneagent-{Guid.NewGuid():N}");
    private readonly VirtualTime _time = new();
    private readonly FakeSynthesizer _voice = new();
    private readonly FixedPhrases _phrases = new();
    private SpeechCacheStore _store = null!;
    private CachedSynthesizer _cached = null!;

    public Task InitializeAsync()
    {
        _phrases.Add(Greeting);
        return ReopenAsync(megabytes: 1);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_second_time_it_comes_from_the_disk_with_its_marks()
    {
        (short[] first, List<WordMark> firstWords) = await SpeakAsync(new SynthesisRequest(Greeting));
        await ReopenAsync();
        (short[] second, List<WordMark> secondWords) = await SpeakAsync(new SynthesisRequest(Greeting));
        Assert.Equal(first, second);
        Assert.Equal(firstWords, secondWords);
        Assert.Equal(Greeting, Assert.Single(_voice.Requests));
        Assert.Equal(1, _cached.Hits);
    }

    [Fact]
    public async Task What_is_no_phrase_of_the_configuration_leaves_nothing_on_the_disk()
    {
        for (int i = 0; i < 3; i++)
            await SpeakAsync(new SynthesisRequest("Your number is 0 1 6 3."));
        await ReopenAsync();
        Assert.Empty(Files());
        Assert.Equal(3, _voice.Requests.Count);
    }

    [Fact]
    public async Task Neither_names_nor_contents_tell_the_text()
    {
        await SpeakAsync(new SynthesisRequest(Greeting));
        await ReopenAsync();
        string file = Assert.Single(Files());
        Assert.Matches("^[0-9a-f]{64}\\.speech$", Path.GetFileName(file));
        Assert.DoesNotContain("Welcome", System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_changes_the_sound_is_another_phrase()
    {
        var plain = new SynthesisRequest(Greeting);
        foreach (SynthesisRequest request in (SynthesisRequest[])[plain, plain with { Voice = "other" }, plain with { Rate = 1.1 }, plain with { GainDb = -3 },
            plain with { Language = "de" }, plain with { Style = "cheerful" }])
            await SpeakAsync(request);
        await SpeakAsync(plain with { Voice = "fake", Report = _ => { } }); // the default by its name
        await SpeakAsync(new CachedSynthesizer(_voice, _store, _phrases, variant: "another of the name"), plain);
        await ReopenAsync();
        Assert.Equal(7, Files().Length);
    }

    [Fact]
    public async Task A_phrase_that_was_cut_short_or_failed_is_not_kept()
    {
        await foreach (SynthesizedAudio _ in _cached.SynthesizeAsync(new SynthesisRequest(Greeting), CancellationToken.None))
            break;
        _voice.Failure = "broken";
        await Assert.ThrowsAsync<EngineException>(() => SpeakAsync(new SynthesisRequest(Greeting)));
        await ReopenAsync();
        Assert.Empty(Files());
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("flipped")]
    [InlineData("empty")]
    [InlineData("garbage")]
    public async Task A_damaged_file_is_dropped_and_made_again(string damage)
    {
        (short[] good, _) = await SpeakAsync(new SynthesisRequest(Greeting));
        await ReopenAsync();
        string file = Assert.Single(Files());
        byte[] bytes = await File.ReadAllBytesAsync(file);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(file, damage switch { "truncated" => bytes[..^1], "flipped" => bytes, "empty" => [], _ => new byte[500] });
        await ReopenAsync();
        Assert.Equal(good, (await SpeakAsync(new SynthesisRequest(Greeting))).Samples);
        await ReopenAsync();
        Assert.Equal(good, (await SpeakAsync(new SynthesisRequest(Greeting))).Samples);
        Assert.Equal(2, _voice.Requests.Count);
    }

    [Fact]
    public void Only_what_was_written_is_read()
    {
        byte[] good = new CachedSpeech([1, -2, 3], [new WordMark(0, 0), new WordMark(4, 2)]).ToBytes();
        CachedSpeech read = CachedSpeech.Parse(good)!;
        Assert.Equal([1, -2, 3], read.Samples);
        Assert.Equal([new WordMark(0, 0), new WordMark(4, 2)], read.Words);
        var mutator = new Mutator([good], seed: 7);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] input = mutator.Next();
            Assert.True(CachedSpeech.Parse(input) is null || input.AsSpan().SequenceEqual(good));
        }
    }

    [Fact]
    public async Task What_was_used_last_stays_within_the_size()
    {
        string[] texts = [.. Enumerable.Range(0, 20).Select(i => $"This is one of the many phrases of this agent: number {i}")];
        foreach (string text in texts)
        {
            _phrases.Add(text);
            await SpeakAsync(new SynthesisRequest(text));
            await ReopenAsync(megabytes: 1);
            _time.Advance(TimeSpan.FromMinutes(1));
            await SpeakAsync(new SynthesisRequest(texts[0])); // always needed
        }
        await ReopenAsync(megabytes: 1);
        Assert.InRange(Files().Sum(file => new FileInfo(file).Length), 500_000, 1_000_000);
        Assert.Equal(_store.Bytes, Files().Sum(file => new FileInfo(file).Length));
        _voice.Requests.Clear();
        await SpeakAsync(new SynthesisRequest(texts[0]));
        await SpeakAsync(new SynthesisRequest(texts[^1]));
        Assert.Empty(_voice.Requests);
        await SpeakAsync(new SynthesisRequest(texts[1]));
        Assert.Single(_voice.Requests);
    }

    [Fact]
    public async Task What_a_crash_left_behind_is_cleared_away()
    {
        Directory.CreateDirectory(_folder);
        string left = Path.Combine(_folder, "x.speech.1.tmp");
        await File.WriteAllTextAsync(left, "half");
        File.SetLastWriteTimeUtc(left, _time.GetUtcNow().UtcDateTime.AddHours(-2));
        await ReopenAsync();
        Assert.Empty(Files());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_costs_nothing_but_the_cache()
    {
        string file = Path.Combine(_folder, "file");
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(file, "");
        await using var store = new SpeechCacheStore(new SpeechCacheOptions { Folder = Path.Combine(file, "below") }, _time);
        await using var cached = new CachedSynthesizer(_voice, store, _phrases);
        Assert.NotEmpty((await SpeakAsync(cached, new SynthesisRequest(Greeting))).Samples);
        Assert.Equal(1, await cached.WarmAsync([new SynthesisRequest(Greeting)], CancellationToken.None));
    }

    [Fact]
    public async Task Warming_makes_each_sentence_once()
    {
        SynthesisRequest[] texts = [new("Hello there. How can I help you?"), new("How can I help you?")];
        Assert.Equal(2, await _cached.WarmAsync(texts, CancellationToken.None));
        Assert.Equal(0, await _cached.WarmAsync(texts, CancellationToken.None));
        _voice.Requests.Clear();
        await SpeakAsync(new SynthesisRequest("How can I help you?"));
        Assert.Empty(_voice.Requests);
    }

    /// <summary>As after the end of the process: what waits is written, and the folder is read anew.</summary>
    private async Task ReopenAsync(int megabytes = 1)
    {
        if (_store is not null)
            await _store.DisposeAsync();
        _store = new SpeechCacheStore(new SpeechCacheOptions { Folder = _folder, MaxMegabytes = megabytes }, _time);
        _cached = new CachedSynthesizer(_voice, _store, _phrases);
    }

    private string[] Files() => Directory.GetFiles(_folder);

    private Task<(short[] Samples, List<WordMark> Words)> SpeakAsync(SynthesisRequest request) => SpeakAsync(_cached, request);

    private static async Task<(short[] Samples, List<WordMark> Words)> SpeakAsync(CachedSynthesizer voice, SynthesisRequest request)
    {
        var (samples, words) = (new List<short>(), new List<WordMark>());
        await foreach (SynthesizedAudio chunk in voice.SynthesizeAsync(request, CancellationToken.None))
        {
            samples.AddRange(chunk.Samples.Span);
            words.AddRange(chunk.Words);
        }
        return ([.. samples], words);
    }
}
