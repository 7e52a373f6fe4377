using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Session;

namespace PhoneAgent.Conversation.Transfer;

/// <summary>What becomes of a consultation call.</summary>
internal abstract record ConsultationNews
{
    private ConsultationNews() { }

    public sealed record Rings : ConsultationNews;

    public sealed record Answered(ICall Call) : ConsultationNews;

    /// <summary>It was never answered.</summary>
    public sealed record NotAnswered(CallEnd End) : ConsultationNews;

    /// <summary>What the human does; <see cref="CallSignal.Ended"/> is the last.</summary>
    public sealed record Signal(CallSignal What) : ConsultationNews;
}

/// <summary>
/// One call to a human, from the first INVITE to its end; news go to the session. Disposing cancels or hangs up,
/// whichever it takes, so that no human is ever left with a call that nobody holds.
/// </summary>
internal sealed class Consultation : IAsyncDisposable
{
    private readonly int _number;
    private readonly SessionInbox _inbox;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    /// <param name="number">Told with all news.</param>
    /// <param name="inbox">Where news go.</param>
    /// <param name="line">Places the call.</param>
    /// <param name="request">Whom to call; its progress is taken over.</param>
    public Consultation(int number, SessionInbox inbox, IPhoneLine line, Task<PlaceCallRequest> request)
    {
        (_number, _inbox) = (number, inbox);
        _run = RunAsync(line, request);
    }

    public int Number => _number;

    /// <summary>Cancelled when the call is given up.</summary>
    public CancellationToken Over => _stop.Token;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(IPhoneLine line, Task<PlaceCallRequest> request)
    {
        PlaceCallResult placed;
        try
        {
            PlaceCallRequest whom = await request.WaitAsync(_stop.Token).ConfigureAwait(false);
            placed = await line.PlaceAsync(whom with { Progress = new Ringing(this) }, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            placed = PlaceCallResult.Failed(new CallEnd(CallEndCause.Failed, EndedBy.Agent, Reason: e.Message));
        }
        if (placed.Call is not { } call)
        {
            Tell(new ConsultationNews.NotAnswered(placed.Failure!));
            return;
        }
        try
        {
            Tell(new ConsultationNews.Answered(call));
            await FollowAsync(call).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Given up.
        }
        finally
        {
            call.Audio.Stop();
            await call.HangUpAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await call.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(ICall call)
    {
        while (await call.Signals.WaitToReadAsync(_stop.Token).ConfigureAwait(false))
        {
            // It leaves the line's queue when it is in ours: at no moment are both empty while it is on its way.
            while (call.Signals.TryPeek(out CallSignal? signal))
            {
                await _inbox.PostAsync(SessionMessage.Consultation(_number, new ConsultationNews.Signal(signal)), _stop.Token).ConfigureAwait(false);
                call.Signals.TryRead(out _);
            }
        }
    }

    private void Tell(ConsultationNews news) => _inbox.Post(SessionMessage.Consultation(_number, news));

    /// <summary>The first 180 or 183 says that it rings; the others say nothing new.</summary>
    private sealed class Ringing(Consultation consultation) : IProgress<CallProgress>
    {
        private int _told;

        public void Report(CallProgress value)
        {
            if (value.StatusCode > 100 && Interlocked.Exchange(ref _told, 1) == 0)
                consultation.Tell(new ConsultationNews.Rings());
        }
    }
}
