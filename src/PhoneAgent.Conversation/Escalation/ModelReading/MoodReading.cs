using System.Collections.Immutable;
using PhoneAgent.Conversation.Dialogue.Language;
using PhoneAgent.Conversation.Hearing;
using PhoneAgent.Conversation.Session;

namespace PhoneAgent.Conversation.Escalation.ModelReading;

/// <summary>
/// Follows a running call and has the caller's mood read out of what he says, one request at a time: words that come while one
/// is under way are part of the next. The readings come back through the inbox, like all slow work. Owned by the session loop.
/// </summary>
/// <param name="reader">Null: nobody reads.</param>
internal sealed class MoodReading(CallTimeline timeline, MoodReader? reader, SessionInbox inbox, CancellationToken over)
{
    /// <summary>What a shorter answer says ("yes", "on Monday"), the lexicon can tell as well.</summary>
    private const int MinWords = 3;

    private const int LinesBefore = 6;

    /// <summary>Failures in a row after which the rest of the call goes on by words and behaviour alone.</summary>
    private const int MaxFailures = 3;

    private readonly MoodReader? _reader = reader;
    private ImmutableQueue<string> _before = [];
    private Task _asked = Task.CompletedTask;
    private int _read;
    private int _failures;

    /// <summary>Ends with the request that is under way.</summary>
    public Task Completion => _asked;

    /// <summary>Takes what has happened since the last time, and asks where there is something to ask about.</summary>
    public void Follow()
    {
        if (_reader is null)
            return;
        while (timeline.At(_read) is { } happened)
        {
            _read++;
            if (happened is TimelineEvent.Heard { Text: { Length: > 0 } heard })
                Remember($"Agent: {MoodQuestion.Line(heard)}");
            else if (happened is TimelineEvent.Final { Outcome: RecognitionOutcome.Recognized, Text: { Length: > 0 } said })
            {
                Ask(said);
                Remember($"Caller: {MoodQuestion.Line(said)}");
            }
        }
    }

    private void Remember(string line)
    {
        _before = _before.Enqueue(line);
        if (_before.Count() > LinesBefore)
            _before = _before.Dequeue();
    }

    private void Ask(string words)
    {
        if (!_asked.IsCompleted || Volatile.Read(ref _failures) >= MaxFailures || !SaysSomething(words) || !_reader!.IsReady)
            return;
        inbox.BeginWork();
        _asked = AskAsync(new MoodQuestion(_before, words));
    }

    /// <summary>Numbers that are read out and answers of a word have no mood that is worth a request.</summary>
    private static bool SaysSomething(string text) => Words.Split(text).Count(word => !SpokenDigits.TryParse([word], out _)) >= MinWords;

    private async Task AskAsync(MoodQuestion question)
    {
        // Not on the session's loop.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            (TimelineEvent.MoodRead? read, string? problem) = await _reader!.ReadAsync(question, Report, over).ConfigureAwait(false);
            if (read is not null)
            {
                Volatile.Write(ref _failures, 0);
                inbox.Post(SessionMessage.Event(read));
            }
            else if (problem is not null)
            {
                string consequence = Interlocked.Increment(ref _failures) < MaxFailures ? "words and behaviour count alone" : "words and behaviour count alone; not asked again in this call";
                inbox.Post(SessionMessage.Event(new TimelineEvent.Failure("llm", $"reading the caller's mood: {problem}", consequence) { At = default }));
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // The call is over.
        }
        finally
        {
            inbox.EndWork();
        }
    }

    /// <summary>How long a model took that nobody waited for is no news.</summary>
    private void Report(TimelineEvent happened)
    {
        if (happened is TimelineEvent.ModelUsage or TimelineEvent.ProviderFailed)
            inbox.Post(SessionMessage.Event(happened));
    }
}
