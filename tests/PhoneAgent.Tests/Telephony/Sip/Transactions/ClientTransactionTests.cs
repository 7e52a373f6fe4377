using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transactions;
using PhoneAgent.Telephony.Sip.Transport;
using Xunit;

namespace PhoneAgent.Tests.Telephony.Sip.Transactions;

public class ClientTransactionTests
{
    private readonly TransactionRig _rig = new();

    [Fact]
    public void Invite_is_repeated_at_doubling_intervals_until_timer_b()
    {
        SipClientTransaction transaction = _rig.Send("INVITE");

        _rig.Advance(31_999);
        Assert.Equal([0, 500, 1500, 3500, 7500, 15500, 31500], _rig.TimesOf("INVITE"));
        Assert.Empty(_rig.Results);
        _rig.Advance(1);

        Assert.Equal(SipClientOutcome.Timeout, Assert.Single(_rig.Results).Outcome);
        Assert.Equal(408, _rig.Results[0].StatusCode);
        Assert.True(transaction.IsTerminated);
        AssertNothingLeft();
    }

    [Fact]
    public void Other_requests_are_repeated_at_intervals_up_to_t2_until_timer_f()
    {
        _rig.Send("OPTIONS");

        _rig.Advance(32_000);

        Assert.Equal([0, 500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500], _rig.TimesOf("OPTIONS"));
        Assert.Equal(SipClientOutcome.Timeout, Assert.Single(_rig.Results).Outcome);
        AssertNothingLeft();
    }

    [Fact]
    public void A_provisional_response_slows_other_requests_to_t2_and_stops_invite()
    {
        SipClientTransaction options = _rig.Send("OPTIONS");
        _rig.Advance(600);
        _rig.Respond(options, 100);
        _rig.Advance(31_400);
        Assert.Equal([0, 500, 1500, 5500, 9500, 13500, 17500, 21500, 25500, 29500], _rig.TimesOf("OPTIONS"));
        Assert.Equal([SipClientOutcome.Provisional, SipClientOutcome.Timeout], _rig.Results.Select(result => result.Outcome));

        SipClientTransaction invite = _rig.Send("INVITE");
        _rig.Respond(invite, 180);
        _rig.Advance(300_000);
        Assert.Single(_rig.TimesOf("INVITE"));
        Assert.Equal(SipTransactionState.Proceeding, invite.State);
    }

    [Theory]
    [InlineData(SipTransportKind.Tcp)]
    [InlineData(SipTransportKind.Tls)]
    public void Reliable_transports_repeat_nothing_but_time_out_all_the_same(SipTransportKind transport)
    {
        _rig.Send("INVITE", transport);
        _rig.Send("OPTIONS", transport);

        _rig.Advance(31_999);
        Assert.Empty(_rig.Results);
        _rig.Advance(1);

        Assert.Equal(2, _rig.Sent.Count);
        Assert.Equal(2, _rig.Results.Count);
        AssertNothingLeft();
    }

    [Fact]
    public void Failure_is_acknowledged_again_for_32_seconds()
    {
        SipClientTransaction transaction = _rig.Send("INVITE");
        _rig.Advance(100);
        _rig.Respond(transaction, 486);
        _rig.Advance(10_000);
        _rig.Respond(transaction, 486);
        _rig.Advance(21_999);
        Assert.Equal(SipTransactionState.Completed, transaction.State);
        _rig.Advance(1);

        Assert.Equal([100, 10_100], _rig.TimesOf("ACK"));
        Assert.Equal(486, Assert.Single(_rig.Results).StatusCode);
        AssertNothingLeft();
        var ack = (SipRequest)_rig.Sent[1].Message;
        Assert.Equal(transaction.Request.TopVia.Branch, ack.TopVia.Branch);
        Assert.Equal("b", ack.To.Tag);
        Assert.Equal(new SipCSeq(7, "ACK"), ack.CSeq);
        Assert.Single(ack.Routes);
    }

    [Fact]
    public void On_reliable_transports_a_completed_transaction_ends_at_once()
    {
        SipClientTransaction invite = _rig.Send("INVITE", SipTransportKind.Tcp), options = _rig.Send("OPTIONS", SipTransportKind.Tcp);

        _rig.Respond(invite, 404);
        _rig.Respond(options, 200);

        Assert.True(invite.IsTerminated && options.IsTerminated);
        Assert.Equal([404, 200], _rig.Results.Select(result => result.StatusCode));
        Assert.Single(_rig.TimesOf("ACK"));
        AssertNothingLeft();
    }

    [Fact]
    public void All_2xx_of_an_invite_reach_the_user_for_timer_m_and_none_is_acknowledged_here()
    {
        SipClientTransaction transaction = _rig.Send("INVITE");
        _rig.Respond(transaction, 200, toTag: "fork1");
        _rig.Respond(transaction, 200, toTag: "fork2");
        _rig.Respond(transaction, 180, toTag: "fork3");
        _rig.Advance(31_999);
        _rig.Respond(transaction, 200, toTag: "fork1");
        _rig.Advance(1);
        _rig.Respond(transaction, 200, toTag: "fork1");

        Assert.Equal(["fork1", "fork2", "fork1"], _rig.Results.Select(result => result.Response!.To.Tag));
        Assert.Empty(_rig.TimesOf("ACK"));
        Assert.Equal(["stray 200"], _rig.Events);
        AssertNothingLeft();
    }

    [Fact]
    public void Repeated_final_responses_to_other_requests_are_absorbed_for_timer_k()
    {
        SipClientTransaction transaction = _rig.Send("BYE");
        _rig.Respond(transaction, 200);
        _rig.Advance(4_999);
        _rig.Respond(transaction, 200);
        Assert.Empty(_rig.Events);
        _rig.Advance(1);
        _rig.Respond(transaction, 200);

        Assert.Single(_rig.Results);
        Assert.Single(_rig.Events);
        AssertNothingLeft();
    }

    [Fact]
    public void Cancel_waits_for_a_provisional_response()
    {
        SipClientTransaction transaction = _rig.Send("INVITE");
        transaction.Cancel("SIP;cause=200");
        Assert.Empty(_rig.TimesOf("CANCEL"));
        _rig.Advance(10);
        _rig.Respond(transaction, 180);
        transaction.Cancel();

        Assert.Equal([10], _rig.TimesOf("CANCEL"));
        var cancel = (SipRequest)_rig.Sent[^1].Message;
        Assert.Equal(transaction.Request.TopVia, cancel.TopVia);
        Assert.Null(cancel.To.Tag);
        Assert.Equal("200", cancel.Reason!.Parameters.Get("cause"));

        _rig.Respond(transaction, 200, cseqMethod: "CANCEL");
        _rig.Respond(transaction, 487);
        Assert.Equal([180, 487], _rig.Results.Select(result => result.StatusCode));
        _rig.Advance(32_000);
        AssertNothingLeft();
    }

    [Fact]
    public void A_cancelled_invite_without_an_end_ends_after_64_t1()
    {
        SipClientTransaction transaction = _rig.Send("INVITE");
        _rig.Respond(transaction, 183);
        _rig.Advance(60_000);
        transaction.Cancel();
        _rig.Advance(31_999);
        Assert.False(transaction.IsTerminated);
        _rig.Advance(1);

        Assert.Equal(SipClientOutcome.Timeout, _rig.Results[^1].Outcome);
        AssertNothingLeft();
    }

    [Fact]
    public void A_failing_transport_ends_it()
    {
        _rig.FailSendsWith = "no route";
        _rig.Send("INVITE");
        _rig.Send("OPTIONS");
        _rig.Advance(0);

        Assert.Equal([(SipClientOutcome.TransportFailure, 503), (SipClientOutcome.TransportFailure, 503)],
            _rig.Results.Select(result => (result.Outcome, result.StatusCode)));
        Assert.Equal("no route", _rig.Results[0].Detail);
        AssertNothingLeft();
    }

    [Fact]
    public void The_request_gets_a_via_of_ours_and_70_hops_and_the_original_stays_clean()
    {
        SipClientTransaction transaction = _rig.Send("OPTIONS");

        Assert.True(transaction.Request.TopVia is { HasMagicBranch: true, WantsRPort: true, Host: "192.0.2.1", Port: 5060 });
        Assert.Equal(70, transaction.Request.MaxForwards);
    }

    [Fact]
    public void Responses_for_others_are_dropped_or_stray()
    {
        SipClientTransaction transaction = _rig.Send("OPTIONS");
        SipResponse twoVias = SipResponse.For(transaction.Request, 200);
        twoVias.Headers.Add("Via", "SIP/2.0/UDP 192.0.2.77");
        _rig.Receive(twoVias);
        _rig.Respond(transaction, 200, cseqMethod: "INVITE");

        Assert.Empty(_rig.Results);
        Assert.Equal(["stray 200"], _rig.Events);
    }

    /// <summary>No transaction, and after the timers that were cancelled have passed, no timer.</summary>
    private void AssertNothingLeft()
    {
        Assert.Equal(0, _rig.Layer.ClientCount);
        _rig.Advance(64_000);
        Assert.Equal(0, _rig.Loop.TimerCount);
    }
}
