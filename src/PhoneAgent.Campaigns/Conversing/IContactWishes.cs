namespace PhoneAgent.Campaigns.Conversing;

/// <summary>
/// Told of what a contact wants and has heard, once each, on the session's loop: must not block. Words are personal data.
/// </summary>
public interface IContactWishes
{
    /// <summary>"Stop calling me".</summary>
    /// <param name="source">"words" or "key".</param>
    void OnOptOut(string source, string words);

    /// <summary>The contact has answered, or not answered, whether the call may be recorded.</summary>
    void OnRecording(bool isGranted, string words);

    /// <summary>The contact has heard to the end that an automated assistant talks.</summary>
    void OnDisclosureHeard(string words);
}
