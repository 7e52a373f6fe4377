namespace PhoneAgent.Server.Hosting;

/// <summary>Is told of every call that an agent takes; what happens in it is in its timeline.</summary>
internal interface ICallWatcher
{
    /// <summary>Must not block or throw.</summary>
    void OnStarted(RunningCall call);
}
