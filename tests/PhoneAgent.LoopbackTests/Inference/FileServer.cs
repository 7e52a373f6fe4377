using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PhoneAgent.LoopbackTests.Inference;

/// <summary>One request per connection, answered by a script: what a test wants to go wrong goes wrong here.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private readonly List<Request> requests = [];

    public FileServer(Func<Request, Stream, CancellationToken, Task> answer)
    {
        listener.Start();
        loop = ServeAsync(answer);
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/model.bin");

    public IReadOnlyList<Request> Requests => requests;

    /// <param name="Number">1 for the first.</param>
    /// <param name="From">Of the Range header.</param>
    public sealed record Request(int Number, long? From);

    /// <summary>A well-behaved answer, or the first <paramref name="sent"/> bytes of it before the connection closes.</summary>
    public static async Task SendAsync(Stream stream, byte[] file, Request request, CancellationToken cancel, int sent = int.MaxValue, bool ranges = true)
    {
        var from = ranges ? (int)(request.From ?? 0) : 0;
        var status = from > 0 ? $"206 Partial Content\r\nContent-Range: bytes {from}-{file.Length - 1}/{file.Length}" : "200 OK";
        await HeadAsync(stream, $"{status}\r\nContent-Length: {file.Length - from}", cancel);
        await stream.WriteAsync(file.AsMemory(from, Math.Min(sent, file.Length - from)), cancel);
        await stream.FlushAsync(cancel);
    }

    public static Task HeadAsync(Stream stream, string statusAndHeaders, CancellationToken cancel) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {statusAndHeaders}\r\nConnection: close\r\n\r\n"), cancel).AsTask();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await loop;
        stop.Dispose();
    }

    private async Task ServeAsync(Func<Request, Stream, CancellationToken, Task> answer)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                var stream = client.GetStream();
                var request = new Request(requests.Count + 1, await ReadAsync(stream));
                requests.Add(request);
                await answer(request, stream, stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or IOException or ObjectDisposedException)
        {
            // The test is over, or its client has gone.
        }
    }

    private async Task<long?> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        long? from = null;
        while (await reader.ReadLineAsync(stop.Token) is { Length: > 0 } line)
            if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                from = long.Parse(line["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
        return from;
    }
}
