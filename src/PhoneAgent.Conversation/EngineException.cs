namespace PhoneAgent.Conversation;

/// <summary>An engine (recogniser, voice, model, provider) that failed or cannot be had. The message says what to do.</summary>
public class EngineException : Exception
{
    public EngineException() { }
    public EngineException(string message) : base(message) { }
    public EngineException(string message, Exception inner) : base(message, inner) { }
}
