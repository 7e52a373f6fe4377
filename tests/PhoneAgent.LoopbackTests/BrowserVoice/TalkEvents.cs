using PhoneAgent.Samples.Talk;

namespace PhoneAgent.LoopbackTests.BrowserVoice;

/// <summary>Waiting for what a client is sent.</summary>
internal static class TalkEvents
{
    /// <summary>The next event of this type; those before it are passed over.</summary>
    public static async Task<TalkEvent> NextAsync(this TalkClient client, string type) => (await NextAsync(client, [type]))[0];

    /// <summary>The next event of each of these types, in whatever order they come: words and their sound are not sent by the same thread.</summary>
    public static async Task<TalkEvent[]> NextAsync(this TalkClient client, params string[] types)
    {
        var found = new TalkEvent?[types.Length];
        var before = new List<string>();
        using var patience = new CancellationTokenSource(TalkRig.Patience);
        try
        {
            while (true)
            {
                TalkEvent next = await client.Events.ReadAsync(patience.Token);
                if (Array.IndexOf(types, next.Type) is >= 0 and var index && found[index] is null)
                    found[index] = next;
                else
                    before.Add(next.Type);
                if (Array.TrueForAll(found, one => one is not null))
                    return found!;
            }
        }
        catch (Exception e) when (e is System.Threading.Channels.ChannelClosedException or OperationCanceledException)
        {
            throw new InvalidOperationException($"no {string.Join(" or no ", types.Where((_, i) => found[i] is null))}, but {string.Join(", ", before.Distinct())}; closed with {client.CloseCode} {client.CloseReason}", e);
        }
    }

    /// <summary>The code that the server closes with.</summary>
    public static async Task<int?> ClosedAsync(this TalkClient client)
    {
        while (await client.Events.WaitToReadAsync().AsTask().WaitAsync(TalkRig.Patience))
            client.Events.TryRead(out _);
        return client.CloseCode;
    }

    /// <summary>Says an utterance of the fake recogniser, then is silent until cancelled. In real time, as the server takes it.</summary>
    public static async Task SpeakAsync(this TalkClient client, short utterance, TimeSpan length, CancellationToken cancellationToken)
    {
        // Either sign at random: a steady sound would be taken for the echo of the fake voice's.
        var random = new Random(1);
        short[] voiced = new short[TalkClient.FrameSamples];
        short[] silent = new short[TalkClient.FrameSamples];
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        long frames = (long)(length.TotalMilliseconds / 20);
        for (long frame = 0; !cancellationToken.IsCancellationRequested; frame++)
        {
            for (int i = 0; i < voiced.Length; i++)
                voiced[i] = random.Next(2) == 0 ? utterance : (short)-utterance;
            try
            {
                await client.SendAudioAsync(frame < frames ? voiced : silent, cancellationToken);
                await tick.WaitForNextTickAsync(cancellationToken);
            }
            catch (Exception e) when (e is OperationCanceledException or System.Net.WebSockets.WebSocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}
