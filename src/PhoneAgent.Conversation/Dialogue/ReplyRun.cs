using PhoneAgent.Conversation.Session;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Conversation.Dialogue;

/// <summary>One reply in the making: reads the dialogue's steps beside the session loop and posts them to it.</summary>
internal sealed class ReplyRun : IAsyncDisposable
{
    private readonly IDialogueReply _reply;
    private readonly CancellationTokenSource _cancel = new();
    private readonly Task _reading;

    /// <param name="turn">Its number.</param>
    /// <param name="reply">The dialogue's reply, not yet read.</param>
    /// <param name="inbox">Where the steps go.</param>
    /// <param name="guess">The words it was begun for when it is a speculation; null otherwise.</param>
    public ReplyRun(int turn, IDialogueReply reply, SessionInbox inbox, string? guess)
    {
        (Turn, _reply, Guess) = (turn, reply, guess);
        inbox.BeginWork();
        _reading = Task.Run(() => ReadAsync(inbox));
    }

    public int Turn { get; }

    public string? Guess { get; }

    /// <summary>The session's own words after a failure.</summary>
    public bool IsMend { get; init; }

    /// <summary>How the sentences of this reply sound, as far as it has said.</summary>
    public required SpeakerOptions Manner { get; set; }

    /// <summary>The caller's mood that it was made for.</summary>
    public required string? Mood { get; init; }

    public bool IsCommitted { get; private set; }

    /// <summary>All steps were read.</summary>
    public bool IsRead { get; set; }

    /// <summary>Steps that wait for the commit.</summary>
    public List<DialogueAction> Held { get; } = [];

    /// <summary>What happens once everything was heard: a transfer or a hang-up; null for neither.</summary>
    public DialogueAction? Conclusion { get; set; }

    /// <summary>When the last sample was played.</summary>
    public TimeSpan? FinishedAt { get; set; }

    public TimeSpan? FirstTokenAt { get; set; }
    public TimeSpan? FirstAudioAt { get; set; }

    /// <summary>What its language model has reported.</summary>
    public long Tokens { get; set; }

    /// <summary>Characters it has said, heard or not.</summary>
    public int Characters { get; set; }

    /// <summary>Something of it was audible, a filler perhaps.</summary>
    public bool HasStarted { get; set; }

    /// <summary>Words of its own were audible.</summary>
    public bool HasWords { get; set; }

    /// <summary>Why a sentence of it will not be heard; null while all is well.</summary>
    public string? VoiceFailure { get; set; }

    /// <summary>Cancelled when the reply is thrown away; synthesis listens to it too.</summary>
    public CancellationToken CancellationToken => _cancel.Token;

    public void Commit()
    {
        IsCommitted = true;
        _reply.Commit();
    }

    /// <summary>Stops everything of this reply. The task ends when the dialogue has let go.</summary>
    public async ValueTask DisposeAsync()
    {
        await _cancel.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        await _reply.DisposeAsync().ConfigureAwait(false);
        _cancel.Dispose();
    }

    private async Task ReadAsync(SessionInbox inbox)
    {
        string? error = null;
        try
        {
            await foreach (DialogueAction action in _reply.ReadAsync(_cancel.Token).ConfigureAwait(false))
                await inbox.PostAsync(SessionMessage.ReplyAction(Turn, action), _cancel.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_cancel.IsCancellationRequested)
        {
            // Thrown away; nobody reads the rest.
        }
        catch (Exception e)
        {
            // A dialogue that fails is the session's to mend, in words the caller hears.
            error = e.Message;
        }
        inbox.Post(SessionMessage.ReplyEnded(Turn, error));
        inbox.EndWork();
    }
}
