using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Telephony.Rtp;
using Xunit;

namespace PhoneAgent.LoopbackTests.Telephony.Rtp;

public sealed class MediaClockTests
{
    /// <summary>The runtime starts threads of its pool on whatever thread has work for them.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ThreadsThatATickStartsAreOrdinary(bool realTime)
    {
        using var clock = new MediaClock(NullLogger.Instance, realTime: realTime);
        var client = new Client();
        clock.Add(client);
        var (own, inherited, nice) = await client.Seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
        if (!realTime)
            Assert.NotEqual(2, own & 0xFF);
        Assert.True(inherited <= 0, $"policy {inherited} of a thread started by one of policy {own}");
        Assert.Equal("0", nice);
    }

    private sealed class Client : IMediaClient
    {
        public TaskCompletionSource<(int Own, int Inherited, string Nice)> Seen { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Tick(long nowNs)
        {
            if (Seen.Task.IsCompleted)
                return;
            var own = MediaPriority.PolicyOfThisThread();
            var inherited = -1;
            var nice = "0";
            var thread = new Thread(() =>
            {
                inherited = MediaPriority.PolicyOfThisThread();
                // Behind the name, which may hold blanks: field 19 of proc_pid_stat(5).
                if (OperatingSystem.IsLinux())
                    nice = File.ReadAllText("/proc/thread-self/stat").Split(')')[^1].Split(' ')[17];
            });
            thread.Start();
            thread.Join();
            Seen.TrySetResult((own, inherited, nice));
        }

        public void Faulted(Exception exception) => Seen.TrySetException(exception);
    }
}
