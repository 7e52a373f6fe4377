using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;
using Xunit;
using static PhoneAgent.Tests.Telephony.Sip.Transactions.TransactionRig;

namespace PhoneAgent.Tests.Telephony.Sip.Transactions;

public class ServerTransactionTests
{
    private readonly TransactionRig _rig = new();

    [Fact]
    public void Trying_goes_out_after_200_ms_and_repetitions_get_it_again()
    {
        _rig.Receive(Request("INVITE"));
        _rig.Advance(199);
        Assert.Empty(_rig.Sent);
        _rig.Receive(Request("INVITE"));
        _rig.Advance(1);
        _rig.Receive(Request("INVITE"));

        Assert.Equal([200, 200], _rig.TimesOf(100));
        Assert.Single(_rig.Requests);
        Assert.Null(_rig.Sent[0].Message.To.Tag);
    }

    [Fact]
    public void A_quick_user_saves_the_trying()
    {
        _rig.Answer = transaction => transaction.Respond(180);
        _rig.Receive(Request("INVITE"));
        _rig.Advance(1000);

        Assert.Empty(_rig.TimesOf(100));
        Assert.Equal([0], _rig.TimesOf(180));
    }

    [Fact]
    public void Failure_is_repeated_by_timer_g_until_timer_h_tells_of_the_missing_ack()
    {
        _rig.Answer = transaction => transaction.Respond(486);
        _rig.Receive(Request("INVITE"));
        _rig.Advance(31_999);
        Assert.Equal([0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500], _rig.TimesOf(486));
        Assert.Empty(_rig.Events);
        _rig.Advance(1);

        Assert.Equal(["AckTimeout"], _rig.Events);
        AssertNothingLeft();
    }

    [Fact]
    public void Ack_stops_the_repetition_and_timer_i_absorbs_more()
    {
        _rig.Answer = transaction => transaction.Respond(486);
        _rig.Receive(Request("INVITE"));
        _rig.Advance(600);
        _rig.Receive(Request("ACK"));
        Assert.Equal(SipTransactionState.Confirmed, _rig.Requests[0].State);
        _rig.Advance(4_999);
        _rig.Receive(Request("ACK"));
        _rig.Receive(Request("INVITE"));
        Assert.Equal([0, 500], _rig.TimesOf(486));
        Assert.Empty(_rig.Events);
        _rig.Advance(1);

        AssertNothingLeft();
    }

    [Fact]
    public void On_tcp_failure_is_sent_once_and_ack_ends_it()
    {
        _rig.Answer = transaction => transaction.Respond(486);
        _rig.Receive(Request("INVITE", via: "SIP/2.0/TCP 192.0.2.9"), SipTransportKind.Tcp);
        _rig.Advance(20_000);
        Assert.Single(_rig.TimesOf(486));
        _rig.Receive(Request("ACK", via: "SIP/2.0/TCP 192.0.2.9"), SipTransportKind.Tcp);

        Assert.True(_rig.Requests[0].IsTerminated);
        AssertNothingLeft();
    }

    [Fact]
    public void Accepted_absorbs_invites_hands_acks_up_and_lets_the_user_repeat_the_2xx()
    {
        _rig.Answer = transaction => transaction.Respond(200);
        _rig.Receive(Request("INVITE"));
        SipServerTransaction transaction = Assert.Single(_rig.Requests);
        _rig.Receive(Request("INVITE"));
        _rig.Advance(500);
        Assert.True(transaction.Respond(200));
        Assert.False(transaction.Respond(486));
        Assert.False(transaction.Respond(180));
        _rig.Receive(Request("ACK"));
        Assert.Equal([0, 500], _rig.TimesOf(200));
        _rig.Advance(31_499);
        Assert.Equal(SipTransactionState.Accepted, transaction.State);
        _rig.Advance(1);
        _rig.Receive(Request("ACK", branch: "z9hG4bKother"));

        Assert.Equal(["ack", "ack"], _rig.Events);
        AssertNothingLeft();
    }

    [Fact]
    public void Other_requests_repeat_their_last_response_for_timer_j()
    {
        _rig.Receive(Request("OPTIONS"));
        _rig.Receive(Request("OPTIONS"));
        Assert.Empty(_rig.Sent);
        SipServerTransaction transaction = Assert.Single(_rig.Requests);
        transaction.Respond(183);
        _rig.Receive(Request("OPTIONS"));
        transaction.Respond(200);
        Assert.False(transaction.Respond(200));
        _rig.Advance(31_999);
        _rig.Receive(Request("OPTIONS"));
        Assert.Equal([0, 0], _rig.TimesOf(183));
        Assert.Equal([0, 31_999], _rig.TimesOf(200));
        _rig.Advance(1);

        AssertNothingLeft();
    }

    [Fact]
    public void On_tcp_other_requests_end_with_their_answer()
    {
        _rig.Answer = transaction => transaction.Respond(200);
        _rig.Receive(Request("OPTIONS", via: "SIP/2.0/TCP 192.0.2.9"), SipTransportKind.Tcp);

        Assert.True(_rig.Requests[0].IsTerminated);
        Assert.Equal(42, _rig.Sent[0].Destination.ConnectionId);
        AssertNothingLeft();
    }

    [Fact]
    public void Cancel_gets_200_and_is_told_while_the_invite_is_open()
    {
        _rig.Receive(Request("INVITE"));
        _rig.Requests[0].Respond(180);
        _rig.Receive(Request("CANCEL"));
        _rig.Receive(Request("CANCEL"));

        Assert.Equal(["cancel"], _rig.Events);
        Assert.Equal(2, _rig.TimesOf(200).Count());
        Assert.Equal(_rig.Requests[0].LocalTag, _rig.Sent[^1].Message.To.Tag);
        _rig.Requests[0].Respond(487);
        _rig.Receive(Request("ACK"));
        Assert.Single(_rig.TimesOf(487));
        _rig.Advance(32_000);
        AssertNothingLeft();
    }

    [Fact]
    public void Cancel_after_the_answer_changes_nothing_and_without_an_invite_gets_481()
    {
        _rig.Answer = transaction => transaction.Respond(200);
        _rig.Receive(Request("INVITE"));
        _rig.Receive(Request("CANCEL"));
        _rig.Receive(Request("CANCEL", branch: "z9hG4bKunknown"));

        Assert.Empty(_rig.Events);
        Assert.Single(_rig.TimesOf(481));
    }

    [Fact]
    public void The_same_request_by_another_path_is_482_but_in_a_dialog_it_is_not()
    {
        _rig.Receive(Request("INVITE", branch: "z9hG4bK1"));
        _rig.Receive(Request("INVITE", branch: "z9hG4bK2"));
        _rig.Receive(Request("INVITE", branch: "z9hG4bK3", cseq: 2));
        _rig.Receive(Request("BYE", branch: "z9hG4bK4", toTag: "t"));
        _rig.Receive(Request("BYE", branch: "z9hG4bK5", toTag: "t"));

        Assert.Single(_rig.TimesOf(482));
        Assert.Equal(4, _rig.Requests.Count);
    }

    [Fact]
    public void Clients_of_rfc_2543_are_matched_by_their_headers()
    {
        foreach (string branch in new[] { "", "1", "z9hG4bK" })
        {
            var rig = new TransactionRig { Answer = transaction => transaction.Respond(486) };
            rig.Receive(Request("INVITE", branch));
            rig.Receive(Request("INVITE", branch));
            rig.Receive(Request("ACK", branch));

            Assert.Equal(SipTransactionState.Confirmed, Assert.Single(rig.Requests).State);
            Assert.Equal(2, rig.TimesOf(486).Count());
        }
    }

    [Fact]
    public void The_same_branch_of_another_sender_is_another_transaction()
    {
        _rig.Receive(Request("OPTIONS"));
        _rig.Receive(Request("OPTIONS", via: "SIP/2.0/UDP 192.0.2.10:5070", cseq: 2));

        Assert.Equal(2, _rig.Requests.Count);
    }

    [Theory]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5099;rport", "192.0.2.9:5070")]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5099", "192.0.2.9:5099")]
    [InlineData("SIP/2.0/UDP 10.0.0.1", "192.0.2.9:5060")]
    [InlineData("SIP/2.0/UDP 10.0.0.1:5099;maddr=203.0.113.1;rport", "192.0.2.9:5070")]
    public void Responses_go_to_where_the_request_came_from(string via, string destination)
    {
        _rig.Answer = transaction => transaction.Respond(200);
        _rig.Receive(Request("OPTIONS", via: via));

        Assert.Equal(destination, _rig.Sent[0].Destination.EndPoint.ToString());
    }

    [Fact]
    public void A_failing_transport_is_told_and_an_invite_goes_on()
    {
        _rig.FailSendsWith = "down";
        _rig.Answer = transaction => transaction.Respond(180);
        _rig.Receive(Request("INVITE"));
        _rig.Advance(0);

        Assert.Equal(["TransportFailure"], _rig.Events);
        Assert.Equal(SipTransactionState.Proceeding, _rig.Requests[0].State);
    }

    [Fact]
    public void Malformed_requests_are_refused_without_a_transaction()
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(
            Request("OPTIONS").ToString().Replace("Call-ID: in", "Call-ID: in\r\nMax-Forwards: many", StringComparison.Ordinal));
        Assert.False(SipParser.TryParse(bytes, out _, out SipParseError? error));

        ((ISipTransportUser)_rig.Layer).OnMalformed(error, new SipSource(SipTransportKind.Udp,
            new System.Net.IPEndPoint(System.Net.IPAddress.Parse("192.0.2.9"), 5070), new System.Net.IPEndPoint(0, 5060), 0));

        Assert.Equal([0], _rig.TimesOf(400));
        Assert.Equal(0, _rig.Layer.ServerCount);
    }

    private void AssertNothingLeft()
    {
        Assert.Equal(0, _rig.Layer.ServerCount);
        _rig.Advance(64_000);
        Assert.Equal(0, _rig.Loop.TimerCount);
    }
}
