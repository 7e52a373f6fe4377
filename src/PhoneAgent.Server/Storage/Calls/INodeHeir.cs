namespace PhoneAgent.Server.Storage.Calls;

/// <summary>Takes over what a server left behind when it died.</summary>
internal interface INodeHeir
{
    /// <summary>Called before the dead is forgotten; another server may do so at the same time, and it may come again.</summary>
    Task TakeOverAsync(string dead, CancellationToken cancellationToken);
}
