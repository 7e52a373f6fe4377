using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.LoopbackTests.Rig;

namespace PhoneAgent.LoopbackTests.Campaigns;

/// <summary>
/// Everybody who is called, in one sipp: what somebody does is told by the last digit of his number. It writes down each call that
/// reaches it, which is what the campaign's own books are compared with.
/// </summary>
internal sealed partial class Callees : IAsyncDisposable
{
    private readonly string _log;
    private readonly Process _process;

    private Callees(string log, int port, Process process) => (_log, Port, _process) = (log, port, process);

    public int Port { get; }

    /// <summary>What the report must say of a number in the end.</summary>
    public static AttemptOutcome Truth(string number, bool hasSound) => number[^1] switch
    {
        '5' when hasSound => AttemptOutcome.NotInService,
        '6' when hasSound => AttemptOutcome.MessageLeft,
        '7' when hasSound => AttemptOutcome.Silence,
        '0' => AttemptOutcome.Busy,
        '1' => AttemptOutcome.Rejected,
        '2' => AttemptOutcome.NoAnswer,
        '3' => AttemptOutcome.NotInService,
        '4' => AttemptOutcome.HungUpEarly,
        _ => AttemptOutcome.Answered,
    };

    public static async Task<Callees> StartAsync(string folder, bool hasSound)
    {
        if (hasSound)
            CalleeSounds.WriteTo(folder);
        (string scenario, string log) = (Path.Combine(folder, "callees.xml"), Path.Combine(folder, "callees.log"));
        await File.WriteAllTextAsync(scenario, CalleeScenario.Build(hasSound));
        int port = Sipp.FreePort();
        Process process = Process.Start(new ProcessStartInfo("sipp",
        [
            "-sf", scenario, "-i", "127.0.0.1", "-p", Text(port), "-mi", "127.0.0.1", "-mp", Text(Sipp.FreePort()), "-ci", "127.0.0.1", "-nostdin", "-s", "callee",
            "-trace_shortmsg", "-shortmessage_file", log, "-shortmessage_overwrite", "true",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder })!;
        // Its screen is of no use, and must not fill the pipe.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new Callees(log, port, process);
    }

    /// <summary>When each number was called: one entry a call, retransmissions left out.</summary>
    public ILookup<string, DateTimeOffset> Calls()
    {
        if (!File.Exists(_log))
            return Array.Empty<(string Number, DateTimeOffset At)>().ToLookup(call => call.Number, call => call.At);
        using var reader = new StreamReader(new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return Invite().Matches(reader.ReadToEnd())
            .Select(call => (Id: call.Groups["id"].Value, Number: call.Groups["number"].Value, At: DateTimeOffset.UnixEpoch.AddSeconds(double.Parse(call.Groups["at"].Value, CultureInfo.InvariantCulture))))
            .GroupBy(call => call.Id).Select(call => call.MinBy(invite => invite.At)).OrderBy(call => call.At).ToLookup(call => call.Number, call => call.At);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // Date, time, seconds since 1970, direction, Call-ID, CSeq, first line.
    [GeneratedRegex(@"(?<at>\d{9,}\.\d+)\s+R\s+(?<id>\S+)\s.*?INVITE sip:(?<number>\+\d+)@", RegexOptions.CultureInvariant)]
    private static partial Regex Invite();
}
