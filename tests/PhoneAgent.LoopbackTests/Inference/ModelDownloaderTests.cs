using System.Security.Cryptography;
using System.Text;
using PhoneAgent.Conversation;
using PhoneAgent.Inference.Models;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.LoopbackTests.Inference;

public sealed class ModelDownloaderTests : IDisposable
{
    private static readonly byte[] Content = RandomBytes(300_000);

    private readonly string folder = Directory.CreateTempSubdirectory("phoneagent-models").FullName;

    private string Target => Path.Combine(folder, "cache", "sub", "model.bin");

    private string Part => Target + ".part";

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task AFullDownloadIsPublishedWithProgress()
    {
        await using var server = new FileServer((request, stream, cancel) => FileServer.SendAsync(stream, Content, request, cancel));
        var progress = new List<ModelProgress>();
        var path = await PullAsync(server.Url, new SynchronousProgress(progress.Add));

        Assert.Equal(Target, path);
        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
        Assert.False(File.Exists(Part));
        Assert.Equal(Content.Length, progress[^1].Received);
        Assert.True(progress.Zip(progress.Skip(1)).All(p => p.First.Received < p.Second.Received));
    }

    [Fact]
    public async Task WhatIsThereIsNotFetchedAgain()
    {
        await using var server = new FileServer((request, stream, cancel) => FileServer.SendAsync(stream, Content, request, cancel));
        await PullAsync(server.Url);
        await PullAsync(server.Url);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task ADamagedFileIsFetchedAgain()
    {
        await using var server = new FileServer((request, stream, cancel) => FileServer.SendAsync(stream, Content, request, cancel));
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        await File.WriteAllBytesAsync(Target, new byte[Content.Length]);
        Assert.Equal(Content, await File.ReadAllBytesAsync(await PullAsync(server.Url)));
    }

    [Fact]
    public async Task ABrokenConnectionIsResumedWhereItBroke()
    {
        await using var server = new FileServer((request, stream, cancel) =>
            FileServer.SendAsync(stream, Content, request, cancel, sent: request.Number == 1 ? 100_000 : int.MaxValue));
        Assert.Equal(Content, await File.ReadAllBytesAsync(await PullAsync(server.Url)));
        Assert.Equal([null, 100_000], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task AnEarlierRunsPartIsGoneOnFrom()
    {
        await using var server = new FileServer((request, stream, cancel) => FileServer.SendAsync(stream, Content, request, cancel));
        Directory.CreateDirectory(Path.GetDirectoryName(Part)!);
        await File.WriteAllBytesAsync(Part, Content[..123_456]);
        Assert.Equal(Content, await File.ReadAllBytesAsync(await PullAsync(server.Url)));
        Assert.Equal([123_456], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task AServerWithoutRangesStartsOver()
    {
        await using var server = new FileServer((request, stream, cancel) => FileServer.SendAsync(
            stream, Content, request, cancel, sent: request.Number == 1 ? 100_000 : int.MaxValue, ranges: false));
        Assert.Equal(Content, await File.ReadAllBytesAsync(await PullAsync(server.Url)));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task ARefusedRangeStartsOver()
    {
        await using var server = new FileServer((request, stream, cancel) => request.From is null
            ? FileServer.SendAsync(stream, Content, request, cancel)
            : FileServer.HeadAsync(stream, "416 Range Not Satisfiable\r\nContent-Length: 0", cancel));
        Directory.CreateDirectory(Path.GetDirectoryName(Part)!);
        await File.WriteAllBytesAsync(Part, new byte[1_000]);
        Assert.Equal(Content, await File.ReadAllBytesAsync(await PullAsync(server.Url)));
        Assert.Equal([1_000, null], server.Requests.Select(r => r.From));
    }

    [Fact]
    public async Task AWrongHashDeletesTheFileAndSaysSo()
    {
        var other = RandomBytes(Content.Length, seed: 2);
        await using var server = new FileServer((request, stream, cancel) => FileServer.SendAsync(stream, other, request, cancel));
        var error = await Assert.ThrowsAsync<EngineException>(() => PullAsync(server.Url));
        Assert.Contains("sha256", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Target));
        Assert.False(File.Exists(Part));
    }

    [Fact]
    public async Task APartOfAnotherVersionIsFoundOutByItsHashAndTheNextRunIsClean()
    {
        await using var server = new FileServer((request, stream, cancel) => FileServer.SendAsync(stream, Content, request, cancel));
        Directory.CreateDirectory(Path.GetDirectoryName(Part)!);
        await File.WriteAllBytesAsync(Part, new byte[5_000]);
        await Assert.ThrowsAsync<EngineException>(() => PullAsync(server.Url));
        Assert.Equal(Content, await File.ReadAllBytesAsync(await PullAsync(server.Url)));
    }

    [Fact]
    public async Task ALongerFileIsRefused()
    {
        await using var server = new FileServer((request, stream, cancel) => FileServer.SendAsync(stream, [.. Content, 1], request, cancel));
        var error = await Assert.ThrowsAsync<EngineException>(() => PullAsync(server.Url));
        Assert.Contains("longer than the 300000 bytes", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task NotFoundIsSaidAtOnceWithTheMirrorAsTheWayOut()
    {
        await using var server = new FileServer((_, stream, cancel) => FileServer.HeadAsync(stream, "404 Not Found\r\nContent-Length: 0", cancel));
        var error = await Assert.ThrowsAsync<EngineException>(() => PullAsync(server.Url));
        Assert.Contains("404", error.Message, StringComparison.Ordinal);
        Assert.Contains("--mirror", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task AServerInTroubleIsAskedAgainAndThenGivenUp()
    {
        await using var server = new FileServer((_, stream, cancel) => FileServer.HeadAsync(stream, "503 Busy\r\nContent-Length: 0", cancel));
        var error = await Assert.ThrowsAsync<EngineException>(() => PullAsync(server.Url));
        Assert.Contains("503", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task ASilentServerIsGivenUpAndResumed()
    {
        var time = new VirtualTime();
        var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new FileServer(async (request, stream, cancel) =>
        {
            await FileServer.SendAsync(stream, Content, request, cancel, sent: request.Number == 1 ? 50_000 : int.MaxValue);
            if (request.Number == 1)
                await sent.Task; // and says no more
        });
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pull = PullAsync(server.Url, new SynchronousProgress(p =>
        {
            if (p.Received >= 50_000)
                received.TrySetResult();
        }), time);
        await received.Task;
        time.Advance(TimeSpan.FromSeconds(31));
        sent.SetResult();
        Assert.Equal(Content, await File.ReadAllBytesAsync(await pull));
        Assert.Equal(50_000, server.Requests[1].From);
    }

    [Fact]
    public async Task CancellingLeavesThePartForTheNextRun()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = new FileServer(async (request, stream, stop) =>
        {
            await FileServer.SendAsync(stream, Content, request, stop, sent: request.Number == 1 ? 60_000 : int.MaxValue);
            if (request.Number == 1)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PullAsync(server.Url, new SynchronousProgress(p =>
        {
            if (p.Received >= 60_000)
                cancel.Cancel();
        }), cancel: cancel.Token));
        Assert.Equal(60_000, new FileInfo(Part).Length);
        Assert.Equal(Content, await File.ReadAllBytesAsync(await PullAsync(server.Url)));
    }

    [Theory]
    [InlineData("sub/model.bin")]
    [InlineData("model.bin")]
    public async Task AMirrorIsTakenBeforeTheNetwork(string at)
    {
        var mirror = Path.Combine(folder, "mirror");
        var file = Path.Combine(mirror, at);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, Content);
        var path = await PullAsync(new Uri("http://127.0.0.1:9/none"), mirror: mirror);
        Assert.Equal(Content, await File.ReadAllBytesAsync(path));
    }

    [Fact]
    public async Task AFolderThatCannotBeWrittenIsSaid()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "cache"), "a file where the folder should be");
        await using var server = new FileServer((request, stream, cancel) => FileServer.SendAsync(stream, Content, request, cancel));
        var error = await Assert.ThrowsAsync<EngineException>(() => PullAsync(server.Url));
        Assert.Contains("could not be written", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> PullAsync(
        Uri url, IProgress<ModelProgress>? progress = null, TimeProvider? time = null, string? mirror = null, CancellationToken cancel = default)
    {
        var json = $$"""
            {"models":[{"name":"test","kind":"k","file":"sub/model.bin","url":"{{url}}","bytes":{{Content.Length}},
            "sha256":"{{Convert.ToHexStringLower(SHA256.HashData(Content))}}","licence":"MIT","without":"nothing works"}]}
            """;
        var store = new ModelStore(ModelManifest.Parse(Encoding.UTF8.GetBytes(json), "test"), Path.Combine(folder, "cache"), mirror);
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var downloader = new ModelDownloader(client, store, new ModelDownloadOptions { FirstWait = TimeSpan.Zero }, time ?? TimeProvider.System);
        return await downloader.PullAsync("test", progress, cancel);
    }

    private static byte[] RandomBytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary><see cref="Progress{T}"/> reports later, from another thread.</summary>
    private sealed class SynchronousProgress(Action<ModelProgress> report) : IProgress<ModelProgress>
    {
        public void Report(ModelProgress value) => report(value);
    }
}
