using PhoneAgent.Telephony.Sip.Messages;

namespace PhoneAgent.Fuzz.Targets;

/// <summary>A TCP stream cut into messages: every step consumes something or asks for more.</summary>
internal sealed class SipStreamTarget : IFuzzTarget
{
    private static readonly byte[] Ping = "\r\n\r\n"u8.ToArray();

    public string Name => "sipstream";

    public IReadOnlyList<byte[]> Seeds { get; } =
        [[.. SipTarget.Invite, .. SipTarget.Invite], [.. Ping, .. SipTarget.Invite, .. "\r\n"u8], .. AllTargets.Files("data/sip/rfc4475/valid")];

    public bool Run(ReadOnlySpan<byte> input)
    {
        bool hasMessage = false;
        while (true)
        {
            SipFrameResult result = SipStreamFramer.TryReadFrame(input, out int consumed, out ReadOnlySpan<byte> frame);
            if (result is SipFrameResult.NeedMore or SipFrameResult.Broken)
                return hasMessage;
            if (consumed <= 0 || consumed > input.Length)
                throw new FuzzException($"{result} consumed {consumed} of {input.Length} bytes");
            if (result == SipFrameResult.Message)
            {
                hasMessage = true;
                _ = SipParser.TryParse(frame, out _, out _);
            }
            input = input[consumed..];
        }
    }
}
