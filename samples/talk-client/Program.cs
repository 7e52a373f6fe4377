using System.Diagnostics;
using PhoneAgent.Samples.Talk;

// talk-client SERVER [CALLER.WAV] [ANSWER.WAV]: says what is in the one file, keeps what the agent says in the other.
if (args.Length is 0 or > 3 || !Uri.TryCreate(args[0], UriKind.Absolute, out Uri? server))
{
    Console.Error.WriteLine("talk-client http://127.0.0.1:8080 [caller.wav] [answer.wav]");
    return 2;
}
short[] caller = args.Length > 1 ? PcmWav.Read(args[1]) : [];
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, press) => { press.Cancel = true; stop.Cancel(); };

string[] wanted = ["final", "agent-text", "emotion"];
using var http = new HttpClient { BaseAddress = server };
await using var client = new TalkClient();
await client.ConnectAsync(server, new Dictionary<string, object>
{
    ["token"] = await TalkClient.GetTokenAsync(http, stop.Token),
    ["capabilities"] = wanted,
}, stop.Token);

var answer = new List<short>();
Task listening = ListenAsync();
await SpeakAsync();
await client.HangUpAsync(CancellationToken.None);
await listening;
if (args.Length > 2)
    PcmWav.Write(args[2], answer);
Console.WriteLine(client.CloseCode is { } code ? $"closed with {code} {client.CloseReason}" : "the connection broke");
return client.CloseCode == 1000 ? 0 : 1;

async Task SpeakAsync()
{
    using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
    long began = Stopwatch.GetTimestamp();
    TimeSpan length = TimeSpan.FromSeconds((double)caller.Length / TalkClient.SampleRate) + TimeSpan.FromSeconds(4);
    for (int sent = 0; !listening.IsCompleted && Stopwatch.GetElapsedTime(began) < length;)
    {
        try
        {
            await tick.WaitForNextTickAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        // By the clock and not by ticks: a timer that is late must not make the caller slow.
        for (long due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * 50); sent < due; sent++)
            await client.SendAudioAsync(Frame(sent), CancellationToken.None);
    }
}

ReadOnlyMemory<short> Frame(int number)
{
    int from = number * TalkClient.FrameSamples;
    return from + TalkClient.FrameSamples <= caller.Length ? caller.AsMemory(from, TalkClient.FrameSamples) : new short[TalkClient.FrameSamples];
}

async Task ListenAsync()
{
    await foreach (TalkEvent happened in client.Events.ReadAllAsync())
    {
        if (happened.Samples is { } samples)
            answer.AddRange(samples);
        else if (happened.Type is "final")
            Console.WriteLine($"you:   {happened.Text("text")}");
        else if (happened.Type is "agent-text")
            Console.WriteLine($"agent: {happened.Text("text")}");
        else if (happened.Type is "emotion")
            Console.WriteLine($"       ({happened.Text("label")} {happened.Text("confidence")})");
    }
}
