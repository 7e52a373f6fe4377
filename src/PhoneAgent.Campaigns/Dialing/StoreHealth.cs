using Microsoft.Extensions.Logging;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>
/// Whether the store can be trusted. While it fails nothing is dialled; after it has failed nobody is declared dead for the
/// length of a lease, for the others could not renew theirs either. Thread-safe.
/// </summary>
internal sealed partial class StoreHealth(TimeSpan lease, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(15);

    private readonly Lock _lock = new();
    private DateTimeOffset _lastFailure = DateTimeOffset.MinValue;
    private DateTimeOffset _restsUntil = DateTimeOffset.MinValue;
    private TimeSpan _rest = FirstRest;
    private bool _isDown;

    /// <summary>How long to leave the store alone; zero: it may be asked.</summary>
    public TimeSpan Rest
    {
        get
        {
            lock (_lock)
                return _restsUntil > time.GetUtcNow() ? _restsUntil - time.GetUtcNow() : TimeSpan.Zero;
        }
    }

    /// <summary>A node that is not heard of is dead, not merely cut off like we were.</summary>
    public bool MayDeclareDead
    {
        get
        {
            lock (_lock)
                return time.GetUtcNow() - _lastFailure > lease;
        }
    }

    public void Failed(CampaignStoreException e)
    {
        lock (_lock)
        {
            _lastFailure = time.GetUtcNow();
            if (_restsUntil > _lastFailure)
                return;
            _restsUntil = _lastFailure + _rest;
            _rest = _rest < LongestRest ? 2 * _rest : LongestRest;
            if (_isDown)
                return;
            _isDown = true;
        }
        Log.Down(logger, e.Message);
    }

    public void Worked()
    {
        lock (_lock)
        {
            if (!_isDown || _restsUntil > time.GetUtcNow())
                return;
            (_isDown, _rest) = (false, FirstRest);
        }
        Log.Up(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Nothing is dialled until the campaigns' database works again. {Reason}")]
        public static partial void Down(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "The campaigns' database works again; dialling goes on")]
        public static partial void Up(ILogger logger);
    }
}
