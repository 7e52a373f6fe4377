using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Campaigns;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage.Campaigns;
using PhoneAgent.Telephony.Sip;
using PhoneAgent.Testing.Storage;
using PhoneAgent.Testing.Telephony;

namespace PhoneAgent.Benchmarks;

/// <summary>
/// What the dialer costs. The same calls, over SIP on loopback and hung up when they are answered, are placed first one after the
/// other at the rate, then by a campaign. Both ends of the calls are in this process, so their cost is in both figures.
/// </summary>
internal static class DialerLoad
{
    /// <param name="database">Of the campaign; disposed here.</param>
    public static async Task<int> RunAsync(TestDatabase database, int rate, int seconds)
    {
        int calls = rate * seconds;
        await using TestLine callee = await TestLine.StartAsync(sip => sip with { MaxCalls = 1_000, Inbound = sip.Inbound with { Backlog = 1_000 } });
        await using TestLine caller = await TestLine.StartAsync(sip => sip with { MaxCalls = 1_000 });
        Task answering = AnswerAsync(callee.Line);
        var line = new Caller(caller.Line, number => callee.Uri(number.Value));
        // Once for the compiler.
        await PlainAsync(line, rate, rate);
        (TimeSpan plain, double plainRate, _) = await MeasureAsync(line, () => PlainAsync(line, rate, calls));
        int before = line.Answered;
        (TimeSpan dialed, double dialedRate, TimeSpan dialedTook) = await MeasureAsync(line, () => DialAsync(line, database, rate, calls));
        Print($"calls           {calls} at {rate}/s, {database.Database.Dialect.Name}, answered {line.Answered - before} of the campaign's");
        Print($"without dialer  {plain.TotalMilliseconds / calls:F2} ms of CPU a call, {plainRate:F1} calls/s");
        Print($"with dialer     {dialed.TotalMilliseconds / calls:F2} ms of CPU a call, {dialedRate:F1} calls/s");
        Print($"the dialer's    {(dialed - plain).TotalMilliseconds / calls:F2} ms a call, {(dialed - plain) / dialedTook:P1} of one core; ratio {dialed / plain:F2}");
        await callee.Line.DisposeAsync();
        await answering;
        return line.Answered == before + calls ? 0 : 1;
    }

    private static async Task PlainAsync(Caller line, int rate, int calls)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / rate));
        var running = new List<Task>();
        for (int i = 0; i < calls; i++)
        {
            await timer.WaitForNextTickAsync();
            running.Add(line.CallAsync(Number(i), CancellationToken.None));
        }
        await Task.WhenAll(running);
    }

    private static async Task DialAsync(Caller line, TestDatabase test, int rate, int calls)
    {
        await using TestDatabase closing = test;
        var store = new CampaignStore(test.Database, TimeProvider.System);
        string definition = string.Create(CultureInfo.InvariantCulture, $$"""
            agent: a
            window: {open: {monday-sunday: "0:00-24:00"} }
            pacing: {calls_at_once: 500, calls_per_second: {{rate}} }
            do_not_call: [company]
            """);
        await store.CreateAsync(new Campaign { Id = "load", Agent = "a", Definition = definition, DoNotCallLists = ["company"] }, default);
        await store.ImportAsync("load", Enumerable.Range(0, calls).Select(i => new NewContact { Number = Number(i) }), TimeProvider.System.GetUtcNow(), default);
        await store.SetStateAsync("load", [CampaignState.Draft], CampaignState.Running, default);
        var options = new DialerOptions { Trunk = new() { CallsAtOnce = 500, CallsPerSecond = 10 * rate } };
        await using var dialer = new Dialer(store, line, options, "bench", TimeProvider.System, NullLogger<Dialer>.Instance);
        dialer.Start();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while ((await store.GetAsync("load", default))!.State != CampaignState.Completed)
            await timer.WaitForNextTickAsync();
    }

    private static async Task AnswerAsync(SipPhoneLine line)
    {
        await foreach (IIncomingCall incoming in line.Incoming.ReadAllAsync())
            _ = Task.Run(async () =>
            {
                if (await incoming.AnswerAsync(CancellationToken.None) is not { } call)
                    return;
                await foreach (CallSignal _ in call.Signals.ReadAllAsync())
                {
                    // Until it is hung up.
                }
                await call.DisposeAsync();
            });
    }

    private static async Task<(TimeSpan Cpu, double CallsPerSecond, TimeSpan Took)> MeasureAsync(Caller line, Func<Task> work)
    {
        GC.Collect();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long start = TimeProvider.System.GetTimestamp();
        line.Placed.Clear();
        await work();
        // From the first to the last: what follows on them is the end of the campaign, which the dialer looks for once a second.
        double rate = (line.Placed.Count - 1) / TimeProvider.System.GetElapsedTime(line.Placed.Min(), line.Placed.Max()).TotalSeconds;
        return (Process.GetCurrentProcess().TotalProcessorTime - cpu, rate, TimeProvider.System.GetElapsedTime(start));
    }

    private static PhoneNumber Number(int index) =>
        PhoneNumber.TryCreate(string.Create(CultureInfo.InvariantCulture, $"+4930{1_000_000 + index}"), out PhoneNumber number) ? number : throw new InvalidOperationException();

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Places calls and hangs up when they are answered.</summary>
    private sealed class Caller(SipPhoneLine line, Func<PhoneNumber, string> addressOf) : IOutboundCaller
    {
        private int _answered;

        /// <summary>When each call went out.</summary>
        public ConcurrentBag<long> Placed { get; } = [];

        public int Answered => Volatile.Read(ref _answered);

        public int Room => 1_000 - line.ActiveCalls;

        public string? WhatIsMissing(CampaignPlan plan) => null;

        public Clearance Clear(PhoneNumber number, CampaignPlan plan) => new Clearance.Granted();

        public async Task<CallReport> CallAsync(CallOrder order, CancellationToken cancellationToken) =>
            new(await CallAsync(order.Contact.Number, cancellationToken) ? AttemptOutcome.Answered : AttemptOutcome.NotInService, null);

        public async Task<bool> CallAsync(PhoneNumber number, CancellationToken cancellationToken)
        {
            Placed.Add(TimeProvider.System.GetTimestamp());
            PlaceCallResult placed = await line.PlaceAsync(new PlaceCallRequest(addressOf(number)), cancellationToken);
            if (placed.Call is not { } call)
                return false;
            Interlocked.Increment(ref _answered);
            await call.HangUpAsync(cancellationToken);
            await call.DisposeAsync();
            return true;
        }
    }
}
