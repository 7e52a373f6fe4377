using PhoneAgent.Conversation.AfterCall;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Server.Hosting;

/// <summary>Is told of every call that an agent takes; what happens in it is in its timeline. Members must not block or throw.</summary>
internal interface ICallWatcher
{
    void OnStarted(RunningCall call);

    /// <summary>A call of ours begins to be placed. When it is answered, <see cref="OnStarted"/> follows with the same identifier.</summary>
    void OnPlacing(OutgoingCall call)
    {
    }

    /// <summary>What is written down of a call that is over: by rules first, and again where a model does it better.</summary>
    void OnWrittenDown(string callId, string agent, AfterCallReport report)
    {
    }
}
