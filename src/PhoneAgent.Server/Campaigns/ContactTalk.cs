using PhoneAgent.Campaigns.Consent;
using PhoneAgent.Campaigns.Conversing;
using PhoneAgent.Campaigns.Dialing;
using PhoneAgent.Campaigns.DoNotCall;
using PhoneAgent.Campaigns.Plans;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Dialogue;
using PhoneAgent.Server.Hosting;
using PhoneAgent.Server.Storage;

namespace PhoneAgent.Server.Campaigns;

/// <summary>What a contact wants in one call of a campaign, and what follows from it.</summary>
internal sealed class ContactTalk(CallOrder order, string callId, ContactWishes wishes) : IContactWishes
{
    private readonly List<Task> _writes = [];
    private volatile bool _hasOptedOut;
    private CallRecording? _recording;

    /// <summary>The record of the call, for the media time of what is kept as proof; set when it has begun.</summary>
    public CallTimeline? Timeline { get; set; }

    public bool HasOptedOut => _hasOptedOut;

    /// <summary>What this call may keep of its sound.</summary>
    public RecordingPermission Recording => order.Plan.Consent.Recording switch
    {
        RecordingConsent.Always => RecordingPermission.FromTheStart,
        RecordingConsent.Ask => new RecordingPermission(recording => _recording = recording),
        _ => RecordingPermission.None,
    };

    /// <summary>The campaign's agent with the disclosure, the question and the ear for "stop calling me" around him.</summary>
    public Agent Around(Agent agent)
    {
        if (agent is not TalkingAgent talking)
            return agent;
        var words = new DoNotCallWords(order.Plan.OptOut);
        return talking with
        {
            Session = talking.Session with { AnswerDetection = order.Plan.Answering },
            CreateDialogue = call => Wrap(talking.CreateDialogue(Known(call))),
            CreateWith = talking.CreateWith is { } create ? (call, model) => Wrap(create(Known(call), model)) : null,
        };

        IDialogue Wrap(IDialogue inner) => new OutboundDialogue(inner, order.Plan, words, this);
    }

    public void OnOptOut(string source, string words)
    {
        _hasOptedOut = true;
        Add(wishes.StopCallingAsync(new DoNotCallEntry(order.Plan.OptOut.List, order.Contact.Number, wishes.Now, source, callId, words)));
    }

    public void OnRecording(bool isGranted, string words)
    {
        if (isGranted)
            _recording?.Allow();
        Prove(isGranted ? ConsentKind.RecordingGranted : ConsentKind.RecordingRefused, words);
    }

    public void OnDisclosureHeard(string words) => Prove(ConsentKind.DisclosureHeard, words);

    /// <summary>After the call: what its disposition says, and the last writes.</summary>
    public async Task EndAsync()
    {
        if (!_hasOptedOut && Timeline!.Snapshot().Any(MeansNeverAgain))
            OnOptOut("disposition", "");
        Task[] writes;
        lock (_writes)
            writes = [.. _writes];
        await Task.WhenAll(writes).ConfigureAwait(false);
    }

    private bool MeansNeverAgain(TimelineEvent happened) => happened switch
    {
        TimelineEvent.Ended { Disposition: { } disposition } => order.Plan.OptOut.Dispositions.Contains(disposition),
        TimelineEvent.Noted { Key: "disposition" } noted => order.Plan.OptOut.Dispositions.Contains(noted.Value),
        _ => false,
    };

    private CallInfo Known(CallInfo call) => call with { Contact = order.Contact.Variables };

    private void Prove(ConsentKind kind, string words)
    {
        TimeSpan at = Timeline?.Snapshot() is { Count: > 0 } events ? events[^1].At : TimeSpan.Zero;
        Add(wishes.RecordAsync(new ConsentRecord(order.Contact.Number, order.Campaign.Id, callId, kind, words, wishes.Now, at)));
    }

    private void Add(Task write)
    {
        lock (_writes)
            _writes.Add(write);
    }
}
