using System.Text;

namespace PhoneAgent.LoopbackTests.Campaigns;

/// <summary>A scenario of sipp that branches on the last digit of the number that is called.</summary>
internal static class CalleeScenario
{
    private const string Sdp = """
        v=0
        o=sipp 1 1 IN IP4 [local_ip]
        s=-
        c=IN IP4 [media_ip]
        t=0 0
        m=audio [media_port] RTP/AVP 0
        a=rtpmap:0 PCMU/8000
        a=ptime:20
        a=sendrecv

        """;

    /// <param name="hasSound">Those who answer are heard: <see cref="CalleeSounds"/>.</param>
    public static string Build(bool hasSound)
    {
        int branches = hasSound ? 10 : 5;
        var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\" ?>\n<scenario name=\"callees of a campaign\">\n<recv request=\"INVITE\" rrs=\"true\"><action>\n");
        text.Append("<ereg regexp=\"[0-9]+\" search_in=\"hdr\" header=\"CSeq:\" assign_to=\"cseq\"/>\n")
            .Append("<ereg regexp=\".*\" search_in=\"hdr\" header=\"From:\" assign_to=\"remote\"/>\n<ereg regexp=\".*\" search_in=\"hdr\" header=\"To:\" assign_to=\"local\"/>\n");
        for (int digit = 0; digit < branches; digit++)
            text.Append($"<ereg regexp=\"^INVITE sip:[+0-9]*{digit}@\" search_in=\"msg\" check_it=\"false\" assign_to=\"d{digit}\"/>\n");
        text.Append("</action></recv>\n");
        for (int digit = 0; digit < branches; digit++)
            text.Append($"<nop next=\"l{digit}\" test=\"d{digit}\"/>\n");
        // A call that its caller's death left behind ends by itself.
        text.Append(Answer()).Append("<recv request=\"BYE\" next=\"bye\" timeout=\"20000\" ontimeout=\"end\"/>\n<label id=\"bye\"/>\n").Append(Reply("200 OK", next: "end", isInDialog: true));
        text.Append(Refuse(0, "486 Busy Here")).Append(Refuse(1, "603 Decline")).Append(Refuse(3, "404 Not Found"));
        text.Append("<label id=\"l2\"/>\n").Append(Reply("180 Ringing")).Append("<recv request=\"CANCEL\" timeout=\"20000\" ontimeout=\"end\"/>\n").Append(Reply("200 OK"))
            .Append(Reply("487 Request Terminated", retransmit: true, cseq: "CSeq: [$cseq] INVITE")).Append("<recv request=\"ACK\" next=\"end\" timeout=\"5000\" ontimeout=\"end\"/>\n");
        text.Append("<label id=\"l4\"/>\n").Append(Answer()).Append("<pause milliseconds=\"100\"/>\n")
            .Append(Send("BYE [next_url] SIP/2.0\nVia: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\nFrom:[$local];tag=[pid]U[call_number]\nTo:[$remote]\nCall-ID: [call_id]\nCSeq: 1 BYE\nMax-Forwards: 70\nContent-Length: 0\n\n", retransmit: true, next: ""))
            .Append("<recv response=\"200\" next=\"end\" timeout=\"5000\" ontimeout=\"end\"/>\n");
        for (int digit = 5; digit < branches; digit++)
            text.Append($"<label id=\"l{digit}\"/>\n").Append(Answer()).Append(CalleeSounds.FileOf(digit) is { } file ? $"<nop><action><exec rtp_stream=\"{file},1,0\"/></action></nop>\n" : "")
                .Append("<recv request=\"BYE\" next=\"bye\" timeout=\"60000\" ontimeout=\"end\"/>\n");
        return text.Append("<label id=\"end\"/>\n<nop/>\n</scenario>\n").ToString();
    }

    private static string Refuse(int digit, string status) =>
        $"<label id=\"l{digit}\"/>\n{Reply(status, retransmit: true)}<recv request=\"ACK\" next=\"end\" timeout=\"5000\" ontimeout=\"end\"/>\n";

    private static string Answer() => Reply("200 OK", retransmit: true, sdp: true) + "<recv request=\"ACK\" timeout=\"5000\" ontimeout=\"end\"/>\n";

    private static string Reply(string status, bool retransmit = false, bool sdp = false, string cseq = "[last_CSeq:]", string next = "", bool isInDialog = false) => Send(
        $"SIP/2.0 {status}\n[last_Via:]\n[last_From:]\n[last_To:]{(isInDialog ? "" : ";tag=[pid]U[call_number]")}\n[last_Record-Route:]\n[last_Call-ID:]\n{cseq}\nContact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>\n"
        + (sdp ? $"Content-Type: application/sdp\nContent-Length: [len]\n\n{Sdp}" : "Content-Length: 0\n\n"), retransmit, next);

    private static string Send(string message, bool retransmit, string next) =>
        $"<send{(retransmit ? " retrans=\"500\"" : "")}{(next.Length > 0 ? $" next=\"{next}\"" : "")}><![CDATA[\n{message}]]></send>\n";
}
