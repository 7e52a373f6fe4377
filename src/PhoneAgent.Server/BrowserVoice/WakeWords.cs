using PhoneAgent.Server.BrowserVoice.Media;
using PhoneAgent.Server.BrowserVoice.Wire;

namespace PhoneAgent.Server.BrowserVoice;

/// <summary>The wake word of hands-free clients, where there is a model for it. Thread-safe.</summary>
internal sealed class WakeWords
{
    /// <param name="reason">Why there is none, for people.</param>
    public static WakeWords None(string reason) => new(new ServerMessage.WakeWordState(false, null, reason), null);

    private readonly Func<Action<double>, IAudioGate>? _open;

    public WakeWords(ServerMessage.WakeWordState state, Func<Action<double>, IAudioGate>? open) => (State, _open) = (state, open);

    public ServerMessage.WakeWordState State { get; }

    /// <summary>A gate that opens for one turn of the caller when the word was heard; <paramref name="onHeard"/> gets its score.</summary>
    public IAudioGate? Open(Action<double> onHeard) => _open?.Invoke(onHeard);
}
