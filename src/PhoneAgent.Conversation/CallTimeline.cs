using System.Threading.Channels;

namespace PhoneAgent.Conversation;

/// <summary>
/// The one record of a call: an append-only list of typed events in media time. Written by the session loop only;
/// read from any thread through <see cref="Snapshot"/> and <see cref="Subscribe"/>.
/// </summary>
public sealed class CallTimeline
{
    private readonly Lock _lock = new();
    private readonly List<TimelineEvent> _events = [];
    private readonly List<ChannelWriter<TimelineEvent>> _subscribers = [];
    private TimeSpan _last;
    private bool _completed;

    /// <summary>Appends. Media time never goes back: an earlier stamp is moved to the last one's.</summary>
    public void Append(TimelineEvent timelineEvent)
    {
        lock (_lock)
        {
            if (_completed)
                return;
            if (timelineEvent.At < _last)
                timelineEvent = timelineEvent with { At = _last };
            _last = timelineEvent.At;
            _events.Add(timelineEvent);
            foreach (ChannelWriter<TimelineEvent> subscriber in _subscribers)
                subscriber.TryWrite(timelineEvent);
        }
    }

    /// <summary>The event with this number, counted from 0; null when it has not happened yet.</summary>
    public TimelineEvent? At(int index)
    {
        lock (_lock)
            return index < _events.Count ? _events[index] : null;
    }

    /// <summary>All events so far.</summary>
    public IReadOnlyList<TimelineEvent> Snapshot()
    {
        lock (_lock)
            return [.. _events];
    }

    /// <summary>All events from the first on, as they happen. Completes with the call.</summary>
    public ChannelReader<TimelineEvent> Subscribe()
    {
        // Unbounded on purpose: the events of one call are few (hundreds), and a record must not lose any.
        var channel = Channel.CreateUnbounded<TimelineEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_lock)
        {
            foreach (TimelineEvent timelineEvent in _events)
                channel.Writer.TryWrite(timelineEvent);
            if (_completed)
                channel.Writer.TryComplete();
            else
                _subscribers.Add(channel.Writer);
        }
        return channel.Reader;
    }

    /// <summary>No more events follow.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
            foreach (ChannelWriter<TimelineEvent> subscriber in _subscribers)
                subscriber.TryComplete();
            _subscribers.Clear();
        }
    }
}
