using System.Globalization;
using System.Runtime.InteropServices;
using PhoneAgent.Audio;
using Xunit;
using Xunit.Abstractions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary><c>phoneagent call --detect-machine</c> calls a real phone, behind which a person, a machine or a fax answers, or a network that plays a tone before the answer.</summary>
public sealed class WhoAnswersTests(ITestOutputHelper output) : IDisposable
{
    private const int Rate = 16_000;
    private const string Words = "This is the workshop, your bicycle is ready.";

    private readonly string _folder = Directory.CreateTempSubdirectory("phoneagent-answers-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [RigFact]
    public async Task APersonIsTalkedTo()
    {
        string told = await CallAsync([.. Silence(1), .. await SayAsync("Hello?"), .. Silence(1)]);
        Assert.Contains("answered by a person", told, StringComparison.Ordinal);
        Assert.True((await HeardAsync()).Correlation > 0.8, "the person did not hear the agent");
    }

    [RigFact]
    public async Task AMachineRecordsTheMessageAfterItsBeepAndAllOfIt()
    {
        short[] greeting = [.. Silence(0.5), .. await SayAsync("Hello, you have reached the Millers. We are not at home at the moment. Please leave your name and your number after the tone."), .. Silence(0.5)];
        string told = await CallAsync([.. greeting, .. Tone(1_000, 0.5), .. Silence(1)]);
        Assert.Contains("answered by a machine that records now (beep", told, StringComparison.Ordinal);
        (double correlation, TimeSpan at) = await HeardAsync();
        Assert.True(correlation > 0.8, "the machine did not record the message");
        Assert.True(at.TotalSeconds > (greeting.Length + 0.5 * Rate) / Rate, "the message began before the beep was over");
    }

    [RigFact]
    public async Task AFaxIsHungUpOnWithoutAWord()
    {
        string told = await CallAsync([.. Silence(0.5), .. Tone(2_100, 3), .. Silence(1)]);
        Assert.Contains("answered by a fax", told, StringComparison.Ordinal);
        Assert.True((await HeardAsync()).Correlation < 0.7, "the fax was talked to");
    }

    [RigFact]
    public async Task ASpecialInformationToneBeforeTheAnswerEndsTheAttempt()
    {
        short[] tone = Resampler.Convert([.. Tone(950, 0.33), .. Tone(1_400, 0.33), .. Tone(1_800, 0.33), .. Silence(2)], Rate, 8_000);
        var wire = new byte[tone.Length];
        G711.MuLawEncode(tone, wire);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "tone.ulaw"), wire);
        await File.WriteAllTextAsync(Path.Combine(_folder, "network.xml"), Network.Replace("TONE", Path.Combine(_folder, "tone.ulaw"), StringComparison.Ordinal));
        await using Sipp network = await Sipp.ServeAsync(Path.Combine(_folder, "network"));
        string told = await RunAsync($"sip:agent@127.0.0.1:{network.Port}");
        Assert.Contains("special information tone before the answer", told, StringComparison.Ordinal);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await network.SucceedAsync(limit.Token);
    }

    private async Task<string> CallAsync(short[] answer)
    {
        string file = Path.Combine(_folder, "answer.wav");
        await using (FileStream stream = File.Create(file))
        {
            using var wav = new WavWriter(stream, Rate, 1);
            wav.Write(answer);
        }
        await using Softphone phone = Softphone.Start("answer", "--user", "callee", "--play", file, "--stereo", Path.Combine(_folder, "callee.wav"), "--timeout", "90");
        string told = await RunAsync($"sip:callee@127.0.0.1:{(await phone.WaitAsync("ready")).GetProperty("sip_port").GetInt32()}");
        await phone.EndAsync(60);
        return told;
    }

    private async Task<string> RunAsync(string target)
    {
        string build = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name; // Debug or Release
        string program = Path.Combine(AgentProcess.Root, "src", "PhoneAgent.Server", "bin", build, "net10.0", "phoneagent.dll");
        await using JsonProcess agent = JsonProcess.Start(AgentProcess.Root, "dotnet", program, "call", target, "--detect-machine", "--say", Words,
            "--config", Path.Combine(AgentProcess.Root, "config", "phoneagent.yaml"), "--set", $"timeline.folder={_folder}", "--set", $"http.state_folder={_folder}");
        await agent.EndAsync(80);
        // The terminal breaks long lines.
        string told = string.Join(' ', agent.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        output.WriteLine(told);
        return told;
    }

    private async Task<(double Correlation, TimeSpan At)> HeardAsync()
    {
        (int rate, short[] heard) = RecordedCall.Channel(Path.Combine(_folder, "callee.wav"), 1);
        (double correlation, TimeSpan at) = Voices.Match(RecordedCall.Resampled(await Voices.SpeakAsync(_folder, "slt", Words), rate), heard, rate);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"heard at {at.TotalSeconds:0.0} s with a likeness of {correlation:0.00}"));
        return (correlation, at);
    }

    private async Task<short[]> SayAsync(string text) => RecordedCall.Resampled(await Voices.SpeakAsync(_folder, "rms", text), Rate);

    private static short[] Silence(double seconds) => new short[(int)(seconds * Rate)];

    private static short[] Tone(float hz, double seconds)
    {
        var tone = new ToneGenerator(Rate);
        tone.Start(hz, -15, TimeSpan.FromSeconds(seconds));
        var samples = new short[(int)(seconds * Rate)];
        tone.Fill(samples);
        return samples;
    }

    /// <summary>183 with a session description and a sound; never answers, and takes a CANCEL.</summary>
    private const string Network = """
        <?xml version="1.0" encoding="UTF-8" ?>
        <scenario name="a network that says why by a tone">
          <recv request="INVITE"><action><ereg regexp="[0-9]+" search_in="hdr" header="CSeq:" assign_to="cseq"/></action></recv>
          <send><![CDATA[
        SIP/2.0 183 Session Progress
        [last_Via:]
        [last_From:]
        [last_To:];tag=[call_number]n
        [last_Call-ID:]
        [last_CSeq:]
        Contact: <sip:network@[local_ip]:[local_port]>
        Content-Type: application/sdp
        Content-Length: [len]

        v=0
        o=network 1 1 IN IP4 [local_ip]
        s=-
        c=IN IP4 [media_ip]
        t=0 0
        m=audio [media_port] RTP/AVP 0
        a=rtpmap:0 PCMU/8000

          ]]></send>
          <nop><action><exec rtp_stream="TONE,-1,0"/></action></nop>
          <recv request="CANCEL"/>
          <send><![CDATA[
        SIP/2.0 200 OK
        [last_Via:]
        [last_From:]
        [last_To:]
        [last_Call-ID:]
        [last_CSeq:]
        Content-Length: 0

          ]]></send>
          <send retrans="500"><![CDATA[
        SIP/2.0 487 Request Terminated
        [last_Via:]
        [last_From:]
        [last_To:];tag=[call_number]n
        [last_Call-ID:]
        CSeq: [$cseq] INVITE
        Content-Length: 0

          ]]></send>
          <recv request="ACK"/>
        </scenario>
        """;
}
