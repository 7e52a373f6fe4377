using Microsoft.Extensions.Logging;
using PhoneAgent.Campaigns.Attempts;
using PhoneAgent.Campaigns.CallerIds;
using PhoneAgent.Campaigns.Contacts;
using PhoneAgent.Campaigns.Windows;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>The way of one contact: leased, cleared, written, dialled, counted.</summary>
internal sealed partial class CampaignRun
{
    /// <summary>Contacts worth asking for now; while the campaign pauses, one that tries whether it works again.</summary>
    private int Wanted
    {
        get
        {
            int room = Math.Min(_plan.Pacing.CallsAtOnce - _gate.InFlight, Math.Min(_parts.Options.Trunk.CallsAtOnce - _trunk.InFlight, _parts.Places.Free));
            if (_breaker.PausedUntil is { } until)
                room = until <= _parts.Time.GetUtcNow() && !_calls.Values.Any(call => call.IsTrial) ? Math.Min(room, 1) : 0;
            return Math.Min(room, MostInHand);
        }
    }

    private async Task TakeAsync(int count)
    {
        IReadOnlyList<Lease> leases = await _parts.Store.LeaseAsync(
            _campaign.Id, _parts.Node.Name, count, _parts.Time.GetUtcNow(), _parts.Options.Lease, CancellationToken.None).ConfigureAwait(false);
        foreach (Lease lease in leases)
        {
            _parts.Node.Hold(lease.Node);
            _inHand.Enqueue(lease);
        }
    }

    /// <summary>From a contact in hand to a call. Several run at once; what the store fails one with is not its neighbours'.</summary>
    /// <returns>Whether it is dialled.</returns>
    private async Task<bool> BeginAsync(Lease lease, CallSlot slot)
    {
        using (slot)
        {
            CallOrder? order = null;
            try
            {
                order = await PrepareAsync(lease).ConfigureAwait(false);
                if (order is not null)
                    Dial(lease, order, slot.Keep());
            }
            finally
            {
                _parts.Places.Leave();
                if (order is null)
                    _parts.Node.LetGo(lease.Node);
            }
            return order is not null;
        }
    }

    /// <summary>All that stands between a leased contact and the call; the attempt is on disk when it returns an order.</summary>
    private async Task<CallOrder?> PrepareAsync(Lease lease)
    {
        DateTimeOffset now = _parts.Time.GetUtcNow();
        Contact contact = lease.Contact;
        IReadOnlyList<TimeZoneInfo> zones = ZonesOf(contact);
        if (!_plan.Window.IsOpen(now, zones))
        {
            await PutOffAsync(lease, _plan.Window.NextOpening(now, zones) ?? now + CallingWindow.Horizon).ConfigureAwait(false);
            return null;
        }
        Clearance clearance = _parts.Caller.Clear(contact.Number, _plan);
        if (clearance is Clearance.NotBefore later)
        {
            await PutOffAsync(lease, _plan.Window.NextOpening(later.At, zones) ?? later.At).ConfigureAwait(false);
            return null;
        }
        CallerIdentity identity = _callerIds.Choose(contact.Number);
        switch (await _parts.Store.BeginAsync(lease, identity.Number?.Value, _plan.Retry.Spacing, now, CancellationToken.None).ConfigureAwait(false))
        {
            case AttemptStart.Begun begun when clearance is Clearance.Refused refused:
                Log.Refused(_parts.Logger, _campaign.Id, contact.Id, refused.Reason);
                await _parts.Outcomes.KeepAsync(begun.Attempt, new CallReport(AttemptOutcome.Failed, null), now, null, _parts.GiveUp).ConfigureAwait(false);
                break;
            case AttemptStart.Begun begun:
                return new CallOrder(_campaign, _plan, contact, begun.Attempt, identity);
            case AttemptStart.OnDoNotCallList on:
                Log.NotToBeCalled(_parts.Logger, _campaign.Id, contact.Id, on.List);
                break;
            case AttemptStart.TooSoon soon:
                await PutOffAsync(lease, _plan.Window.NextOpening(soon.DueAt, zones) ?? soon.DueAt).ConfigureAwait(false);
                break;
        }
        return null;
    }

    private void Dial(Lease lease, CallOrder order, CallSlot slot)
    {
        var running = new RunningAttempt(lease, slot, _parts.HangUp);
        _calls[order.Attempt.Id] = running;
        running.Task = CarryAsync(running, order);
    }

    private async Task CarryAsync(RunningAttempt running, CallOrder order)
    {
        CallReport report;
        try
        {
            report = await _parts.Caller.CallAsync(order, running.HungUp).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A bug in one call must not end the campaign, nor leave the attempt open for ever.
            Log.Broke(_parts.Logger, e, _campaign.Id, order.Attempt.Id);
            report = new CallReport(AttemptOutcome.Failed, null);
        }
        DateTimeOffset now = _parts.Time.GetUtcNow();
        running.End(report);
        await KeepAsync(order, report, now).ConfigureAwait(false);
        _parts.Node.LetGo(running.Lease.Node);
        _calls.TryRemove(order.Attempt.Id, out _);
        _wake.Set();
    }

    private Task KeepAsync(CallOrder order, CallReport report, DateTimeOffset now)
    {
        IReadOnlyList<TimeZoneInfo> zones = ZonesOf(order.Contact);
        if (report.Limit is { } limit)
        {
            Log.PutOff(_parts.Logger, _campaign.Id, order.Contact.Id, limit.Reason);
            return _parts.Outcomes.TakeBackAsync(order.Attempt, _plan.Window.NextOpening(limit.At, zones) ?? limit.At, _parts.GiveUp);
        }
        DateTimeOffset? due = _retries.NextDue(report.Outcome, order.Attempt.Number, order.Attempt.StartedAt, now, zones);
        return _parts.Outcomes.KeepAsync(order.Attempt, report, now, due, _parts.GiveUp);
    }

    private async Task<TimeSpan> GiveBackAsync()
    {
        while (_inHand.TryPeek(out Lease? lease))
        {
            await PutOffAsync(lease, lease.Contact.DueAt ?? _parts.Time.GetUtcNow()).ConfigureAwait(false);
            _inHand.Dequeue();
            _parts.Node.LetGo(lease.Node);
        }
        return Look;
    }

    private Task PutOffAsync(Lease lease, DateTimeOffset dueAt) => _parts.Store.ReleaseAsync(lease, dueAt, CancellationToken.None);

    /// <summary>After a failure nobody knows what the store did last: all that is in hand is left to come back like a dead node's.</summary>
    private async Task<TimeSpan> GuardedAsync(Func<Task<TimeSpan>> step)
    {
        try
        {
            TimeSpan wait = await step().ConfigureAwait(false);
            _parts.Health.Worked();
            return wait;
        }
        catch (CampaignStoreException e)
        {
            return LetGo(e);
        }
        catch (Exception e)
        {
            // A defect in one campaign must end neither its loop nor the calls that run.
            Log.StepBroke(_parts.Logger, e, _campaign.Id);
            return LetGo(new CampaignStoreException(e.Message, e));
        }
    }

    private TimeSpan LetGo(CampaignStoreException failure)
    {
        _parts.Node.Doubt();
        while (_inHand.TryDequeue(out Lease? lease))
            _parts.Node.LetGo(lease.Node);
        _parts.Health.Failed(failure);
        return Look;
    }

    private IReadOnlyList<TimeZoneInfo> ZonesOf(Contact contact) => _zones.Of(contact.Number, contact.TimeZone);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {Campaign}: contact {Contact} is not called: {Reason}")]
        public static partial void Refused(ILogger logger, string campaign, long contact, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {Campaign}: contact {Contact} is called later: {Reason}")]
        public static partial void PutOff(ILogger logger, string campaign, long contact, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "Campaign {Campaign}: contact {Contact} is on the do-not-call list {List} and was not dialled")]
        public static partial void NotToBeCalled(ILogger logger, string campaign, long contact, string list);

        [LoggerMessage(Level = LogLevel.Error, Message = "Campaign {Campaign}: the dialer met a defect; it rests for a moment and goes on")]
        public static partial void StepBroke(ILogger logger, Exception exception, string campaign);

        [LoggerMessage(Level = LogLevel.Error, Message = "Campaign {Campaign}: attempt {Attempt} was ended by a bug; other calls are not affected")]
        public static partial void Broke(ILogger logger, Exception exception, string campaign, long attempt);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Campaign {Campaign}: contact {Contact} belongs to another node now; its call here ends. Was this machine asleep, or its database away?")]
        public static partial void Lost(ILogger logger, string campaign, long contact);
    }
}
