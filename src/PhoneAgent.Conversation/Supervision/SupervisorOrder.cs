namespace PhoneAgent.Conversation.Supervision;

/// <summary>An action on its way through the session loop. Answered exactly once, by the loop or by the end of the call.</summary>
internal sealed class SupervisorOrder(SupervisorAction action, string user)
{
    private readonly TaskCompletionSource<SupervisorResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SupervisorAction Action => action;

    public string User => user;

    /// <summary>What the line said to a hold, once it has; null before it was asked.</summary>
    public bool? LineAgreed { get; set; }

    public Task<SupervisorResult> Result => _result.Task;

    public void Answer(SupervisorResult result) => _result.TrySetResult(result);
}
