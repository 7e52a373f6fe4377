using PhoneAgent.Conversation.Answering;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Server.Storage;

namespace PhoneAgent.Server.Hosting;

/// <summary>How far a call of ours is that nobody has answered.</summary>
internal enum PlacedState
{
    Dialling,
    Ringing,
    Answered,
    /// <summary>It was never answered.</summary>
    Over,
}

/// <summary>A call of ours, from the first INVITE on. Thread-safe.</summary>
internal sealed class OutgoingCall : IProgress<CallProgress>
{
    private readonly IProgress<CallProgress>? _others;
    private readonly TaskCompletionSource<CallEnd?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _rings;

    public OutgoingCall(PlaceCallRequest request, string agent, DateTimeOffset placedAt)
    {
        Id = request.Id ?? Guid.CreateVersion7(placedAt).ToString("N");
        (Agent, PlacedAt, _others) = (agent, placedAt, request.Progress);
        Request = request with { Id = Id, Progress = this };
    }

    public string Id { get; }

    /// <summary>Whom we call. Personal data.</summary>
    public string Target => Request.Target;

    public string Agent { get; }

    public DateTimeOffset PlacedAt { get; }

    internal PlaceCallRequest Request { get; }

    /// <summary>The campaign that it is placed for; null: none.</summary>
    public CampaignContact? For { get; init; }

    /// <summary>Whether it may be recorded; null: as the configuration says.</summary>
    public RecordingPermission? Recording { get; init; }

    /// <summary>Records into this file, whatever the configuration says.</summary>
    public string? RecordTo { get; init; }

    /// <summary>Told when it is answered, before anybody else is.</summary>
    public Action<RunningCall>? OnAnswered { get; init; }

    /// <summary>The call once it is answered.</summary>
    public RunningCall? Running { get; private set; }

    /// <summary>What was heard before the answer; null for nothing.</summary>
    public AnswerVerdict? Early { get; internal set; }

    /// <summary>Null when it was answered, else why it was not. Never faults.</summary>
    public Task<CallEnd?> Outcome => _outcome.Task;

    public PlacedState State => !_outcome.Task.IsCompleted ? _rings ? PlacedState.Ringing : PlacedState.Dialling
        : _outcome.Task.Result is null ? PlacedState.Answered : PlacedState.Over;

    void IProgress<CallProgress>.Report(CallProgress value)
    {
        if (value.StatusCode > 100)
            _rings = true;
        _others?.Report(value);
    }

    internal void Begin(RunningCall running)
    {
        Running = running;
        OnAnswered?.Invoke(running);
    }

    /// <summary>Everybody else knows of it.</summary>
    /// <param name="failure">Null: it was answered.</param>
    internal void Resolve(CallEnd? failure) => _outcome.TrySetResult(failure);
}

/// <summary>A contact of a campaign, by the identifiers that the API and the export give.</summary>
internal sealed record CampaignContact(string Campaign, long Contact);
