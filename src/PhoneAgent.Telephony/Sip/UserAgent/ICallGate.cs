namespace PhoneAgent.Telephony.Sip.UserAgent;

/// <summary>
/// Whom this line may call. No INVITE of ours goes to a target without a permit, be it a call that we place, one that the called party
/// sends elsewhere (3xx) or one that a peer asks for (REFER); nor does a REFER of ours, which makes somebody else call.
/// Thread-safe; must not block.
/// </summary>
public interface ICallGate
{
    /// <summary>Counts one call.</summary>
    /// <param name="target">A SIP URI, or a number that an account completes.</param>
    /// <param name="chosenBy">Whose word it is.</param>
    /// <param name="refusal">Why it must not be called, in words for a person and without the number; null with a permit.</param>
    /// <returns>Disposed when the call is over; null when it must not be placed.</returns>
    CallPermit? TryEnter(string target, TargetChosenBy chosenBy, out string? refusal);
}

/// <summary>Who says that a target is to be called.</summary>
public enum TargetChosenBy
{
    /// <summary>This program: its agents, its users, its configuration.</summary>
    Us,
    /// <summary>The other side of a call, by redirection (3xx) or REFER: it has no right to what only this machine is let do.</summary>
    Peer,
}

/// <summary>One call that may be placed; disposing says that it is over. Thread-safe.</summary>
public sealed class CallPermit(Action? leave) : IDisposable
{
    private Action? _leave = leave;

    public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
}
