using System.Buffers;

namespace PhoneAgent.Telephony.Sip.Messages;

public sealed class SipResponse : SipMessage
{
    public SipResponse(int statusCode, string? reasonPhrase = null) : this(statusCode, reasonPhrase, new SipHeaders()) { }

    internal SipResponse(int statusCode, string? reasonPhrase, SipHeaders headers) : base(headers) =>
        (StatusCode, ReasonPhrase) = (statusCode, reasonPhrase ?? SipStatus.ReasonPhrase(statusCode));

    /// <summary>100 to 699.</summary>
    public int StatusCode { get; }
    public string ReasonPhrase { get; }

    public bool IsProvisional => StatusCode < 200;
    public bool IsFinal => StatusCode >= 200;
    public bool IsSuccess => StatusCode is >= 200 and < 300;

    /// <summary>
    /// A response to a request (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq are copied as they came, Timestamp into a
    /// 100, Record-Route into responses 101–299, which can make a dialog (§12.1.1). A To without a tag gets
    /// <paramref name="toTag"/> (a new one when null) unless the response is a 100. All responses to one request must carry
    /// the same tag: <c>SipServerTransaction.CreateResponse</c> sees to that.
    /// </summary>
    public static SipResponse For(SipRequest request, int statusCode, string? reasonPhrase = null, string? toTag = null)
    {
        var response = new SipResponse(statusCode, reasonPhrase);
        foreach (SipHeader header in request.Headers)
        {
            bool copy = header.Name switch
            {
                SipHeaderNames.Via or SipHeaderNames.From or SipHeaderNames.CallId or SipHeaderNames.CSeq => true,
                SipHeaderNames.To => true,
                SipHeaderNames.Timestamp => statusCode == 100,
                SipHeaderNames.RecordRoute => statusCode is > 100 and < 300,
                _ => false,
            };
            if (copy)
                response.Headers.Add(header.Name, header.Value);
        }
        // A To that cannot be read is echoed as it is: this is a 400 about it.
        if (statusCode > 100 && SipNameAddress.TryParse(request.Headers.Get(SipHeaderNames.To), out SipNameAddress? to) && to.Tag is null)
            response.Headers.Set(SipHeaderNames.To, $"{request.Headers.Get(SipHeaderNames.To)};tag={toTag ?? SipIds.NewTag()}");
        return response;
    }

    private protected override void WriteStartLine(IBufferWriter<byte> writer)
    {
        writer.Write("SIP/2.0 "u8);
        WriteNumber(writer, StatusCode);
        writer.Write(" "u8);
        WriteText(writer, ReasonPhrase.ReplaceLineEndings(" "));
        writer.Write("\r\n"u8);
    }
}
