namespace PhoneAgent.Conversation.Dialogue;

/// <summary>A turn of the caller that waits for an answer.</summary>
/// <param name="LastVoiced">His last voiced sample.</param>
/// <param name="EndpointAt">When the turn was taken.</param>
/// <param name="FinalAt">When the final result was there.</param>
internal readonly record struct CallerTurn(long LastVoiced, TimeSpan EndpointAt, TimeSpan FinalAt);
