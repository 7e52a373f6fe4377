using Microsoft.Extensions.Logging;

namespace PhoneAgent.Campaigns.Dialing;

/// <summary>
/// Whether the store can be trusted. While it fails nothing is dialled; after it has failed nobody is declared dead for the
/// length of a lease, for the others could not renew theirs either; no rest is long against a lease, which must be renewed. Thread-safe.
/// </summary>
internal sealed partial class StoreHealth(TimeSpan lease, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _longestRest = lease / 4 < TimeSpan.FromSeconds(15) ? lease / 4 : TimeSpan.FromSeconds(15);
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
            {
                DateTimeOffset now = time.GetUtcNow();
                return _restsUntil > now ? _restsUntil - now : TimeSpan.Zero;
            }
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
            _restsUntil = _lastFailure + (_rest < _longestRest ? _rest : _longestRest);
            _rest *= _rest < _longestRest ? 2 : 1;
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
