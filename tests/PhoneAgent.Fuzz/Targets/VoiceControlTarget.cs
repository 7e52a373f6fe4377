using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A text message of the voice protocol: what is accepted is within the protocol's bounds.</summary>
internal sealed class VoiceControlTarget : IFuzzTarget
{
    public string Name => "control";

    public IReadOnlyList<byte[]> Seeds { get; } =
    [
        """{"type":"hello","versions":[1],"token":"0123","rate":16000,"to":"front-desk","capabilities":["interim","final","emotion","resume"]}"""u8.ToArray(),
        """{"digit":"5","type":"dtmf"}"""u8.ToArray(),
        """{"type":"hold","held":true}"""u8.ToArray(),
        """{"type":"listen","mode":"wake-word"}"""u8.ToArray(),
        """{"type":"ping","time":-1.5e300}"""u8.ToArray(),
        """{"type":"bye","\ud800":[{"a":[]}]}"""u8.ToArray(),
    ];

    public bool Run(ReadOnlySpan<byte> input)
    {
        if (!ClientMessage.TryParse(input, out ClientMessage? message))
            return false;
        bool isFine = message switch
        {
            ClientMessage.Hello hello => hello.Versions.Count is > 0 and <= 32 && hello.Capabilities.Count <= 32 && (hello.To?.Length ?? 0) <= 128,
            ClientMessage.Key key => key.Digit.Length == 1,
            ClientMessage.Ping ping => new ServerMessage.Pong(ping.Time).ToJson().Length < 100,
            _ => true,
        };
        return isFine ? true : throw new FuzzException($"accepted: {message}");
    }
}
