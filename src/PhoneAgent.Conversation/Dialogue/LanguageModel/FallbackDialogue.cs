using Microsoft.Extensions.AI;
using PhoneAgent.Conversation.Dialogue.Scripted;

namespace PhoneAgent.Conversation.Dialogue.LanguageModel;

/// <summary>
/// A model, and a script for when it fails. A turn on which every model failed is answered by the script: the caller's
/// words are taken where the script's first question understands them, otherwise the script begins. It keeps the call
/// until the caller speaks after the models are well again (<see cref="IModelHealth"/>, or
/// <see cref="ModelDefinition.RetryAfter"/> where nobody can tell); the model then knows what was said in between.
/// Without a script there is no such dialogue: the failure goes to the session, which gives the caller a human, or asks him
/// to say it again where there is none.
/// </summary>
internal sealed class FallbackDialogue : IDialogue, ITeamDialogue
{
    private readonly LanguageModelDialogue _model;
    private readonly Func<ScriptedDialogue> _makeScript;
    private readonly TimeProvider _time;
    private readonly TimeSpan _retryAfter;
    private readonly IModelHealth? _health;
    private readonly Lock _gate = new();
    private FallbackReply? _standing;
    private ScriptedDialogue? _script;
    private long _failedAt;

    /// <param name="makeScript">A script at its beginning; made anew each time it takes over.</param>
    public FallbackDialogue(LanguageModelDialogue model, Func<ScriptedDialogue> makeScript, ModelDefinition settings, IChatClient client, TimeProvider time)
    {
        (_model, _makeScript, _time, _retryAfter) = (model, makeScript, time, settings.RetryAfter);
        _health = client.GetService(typeof(IModelHealth)) as IModelHealth;
    }

    public Func<string, string?>? RefusesHandOver
    {
        get => ((ITeamDialogue)_model).RefusesHandOver;
        set => ((ITeamDialogue)_model).RefusesHandOver = value;
    }

    public void HeardOfBefore(string text) => ((ITeamDialogue)_model).HeardOfBefore(text);

    public IDialogueReply Respond(DialogueTurn turn)
    {
        lock (_gate)
        {
            Settle();
            if (_script is { } script && !(turn is DialogueTurn.CallerSaid && IsHealthy()))
                return new FallbackReply(this, turn, script);
            return new FallbackReply(this, turn, _model.Respond(turn));
        }
    }

    public void Heard(string text, bool interrupted)
    {
        lock (_gate)
        {
            Settle();
            _script?.Heard(text, interrupted);
            // A turn that the model was asked and failed on is in its history already, and waits for what was heard.
            if (_script is null || _standing is { AskedModel: true })
                _model.Heard(text, interrupted);
            else
                _model.Overhear(_standing?.Words ?? "", text);
            _standing = null;
        }
    }

    public string? Whisper(string hint)
    {
        lock (_gate)
        {
            Settle();
            return _script is null || IsHealthy() ? _model.Whisper(hint) : "The model has failed, and its script, which takes no hints, has the call.";
        }
    }

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    /// <summary>The reply stands. Who answers it may still change: the model may fail later.</summary>
    internal void Stand(FallbackReply reply)
    {
        lock (_gate)
        {
            Settle();
            _standing = reply;
        }
    }

    internal ScriptedDialogue MakeScript() => _makeScript();

    internal long Now() => _time.GetTimestamp();

    private void Settle()
    {
        if (_standing is not { } reply)
            return;
        _script = reply.Script;
        _failedAt = reply.FailedAt ?? _failedAt;
    }

    private bool IsHealthy() => _health?.IsHealthy ?? _time.GetElapsedTime(_failedAt) >= _retryAfter;
}
