using System.Collections.Concurrent;
using PhoneAgent.Server.Options;
using PhoneAgent.Server.Storage.Calls;
using PhoneAgent.Server.Storage.Database;
using Xunit;

namespace PhoneAgent.Tests.Server.Storage.Calls;

public sealed class PartyKeyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-key-").FullName;

    private string File => Path.Combine(_folder, PartyKey.FileName);

    private LoadedConfig Config(RedactionChoice redact) =>
        new(new PhoneAgentOptions { Http = new HttpServerOptions { StateFolder = _folder }, Timeline = new TimelineOptions { Redact = redact } }, null, _folder, []);

    [Fact]
    public void TheKeyIsMadeOnceAndEverySpellingOfANumberIsOne()
    {
        string hash = PartyKey.For(Config(RedactionChoice.Numbers)).Of("+1 (555) 123-4567")!;
        Assert.Equal(hash, PartyKey.For(Config(RedactionChoice.Numbers)).Of("15551234567"));
        Assert.NotEqual(hash, PartyKey.Open(Path.Combine(_folder, "another.key")).Of("15551234567"));
        Assert.Equal(32, System.IO.File.ReadAllBytes(File).Length);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void NothingIsHashedBeforeNumbersAreRedactedAndWhatWasStaysFoundAfterwards()
    {
        Assert.Null(PartyKey.For(Config(RedactionChoice.Profanity)).Of("15551234567"));
        Assert.Empty(Directory.EnumerateFiles(_folder));
        string? hash = PartyKey.For(Config(RedactionChoice.NumbersAndProfanity)).Of("15551234567");
        Assert.NotNull(hash);
        Assert.Equal(hash, PartyKey.For(Config(RedactionChoice.None)).Of("15551234567"));
    }

    [Fact]
    public void ProcessesThatStartAtOnceHaveOneKey()
    {
        var hashes = new ConcurrentBag<string?>();
        Parallel.For(0, 8, _ => hashes.Add(PartyKey.Open(File).Of("15551234567")));
        Assert.Single(hashes.Distinct());
        Assert.Equal([File], Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void AKeyOfTheConfigurationNeedsNoFile()
    {
        LoadedConfig config = Config(RedactionChoice.Numbers);
        config = config with { Options = config.Options with { Storage = new StorageOptions { PartyKey = new string('k', 32) } } };
        Assert.NotNull(PartyKey.For(config).Of("15551234567"));
        Assert.Empty(Directory.EnumerateFiles(_folder));
        Assert.Empty(config.Options.Storage.Check());
        Assert.Equal("party_key", Assert.Single(new StorageOptions { PartyKey = "guess" }.Check()).Key);
    }

    [Fact]
    public void ADamagedKeyIsSaidAndNotReplaced()
    {
        System.IO.File.WriteAllBytes(File, [1, 2, 3]);
        Assert.Contains("is damaged: 32 bytes are expected", Assert.Throws<StorageException>(() => PartyKey.For(Config(RedactionChoice.Numbers))).Message, StringComparison.Ordinal);
        Assert.Equal(3, new FileInfo(File).Length);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
