using PhoneAgent.Server.BrowserVoice.MediaStream;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A message of a telephone cloud: what is accepted is within bounds.</summary>
internal sealed class MediaStreamTarget : IFuzzTarget
{
    public string Name => "stream";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """{"event":"connected","protocol":"Call","version":"1.0.0"}"""u8.ToArray(),
        """{"event":"start","streamSid":"MZ1","start":{"callSid":"CA1","mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{"key":"pa_1","to":"front-desk"}}}"""u8.ToArray(),
        """{"media":{"track":"inbound","payload":"////AAECAwQ="},"event":"media"}"""u8.ToArray(),
        """{"event":"dtmf","dtmf":{"digit":"#"}}"""u8.ToArray(),
        """{"event":"mark","mark":{"name":"turn-1"}}"""u8.ToArray(),
        """{"event":"stop"}"""u8.ToArray(),
        """{"event":"quality","a":[[[{}]]]}"""u8.ToArray(),
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        if (!StreamMessage.TryParse(input, out StreamMessage? message))
            return false;
        if (message is StreamMessage.Started started)
        {
            if (started.Sid!.Length > 256 || started.Start!.MediaFormat!.Channels != 1)
                throw new FuzzException($"accepted: {message}");
            if (started.Start.MediaFormat is { IsMuLaw: true } or { IsLinear: true })
                new StreamWire(started.Sid, started.Start.MediaFormat).WriteAudio(0, true, new short[320], new byte[8192]);
        }
        return message is StreamMessage.Audio { Media.Payload: null } or StreamMessage.Key { Dtmf.Digit: null }
            ? throw new FuzzException($"accepted: {message}")
            : true;
    }
}
