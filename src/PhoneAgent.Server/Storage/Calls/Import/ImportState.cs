namespace PhoneAgent.Server.Storage.Calls.Import;

/// <summary>How far the records of earlier versions are in the database.</summary>
internal sealed class ImportState
{
    private volatile bool _isComplete;

    public bool IsComplete
    {
        get => _isComplete;
        set => _isComplete = value;
    }
}
