using Microsoft.Extensions.Logging;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Listening;

namespace PhoneAgent.Inference.Silero;

/// <summary>Computes inside Push.</summary>
internal sealed class SileroInlineStream(SileroBinding binding, Action<VoiceActivity> onActivity, ILogger logger) : IVoiceStream
{
    private readonly SileroWindowing windowing = new();
    private readonly SileroMemory memory = new();
    private bool failed;

    public void Push(long position, ReadOnlySpan<short> frame)
    {
        if (windowing.Push(position, frame, out var end))
            onActivity(new VoiceActivity(end, Compute()));
    }

    public void Reset()
    {
        windowing.Reset();
        memory.Clear();
    }

    public void Dispose() => binding.Dispose();

    private float Compute()
    {
        binding.Load(0, memory, windowing.Window);
        try
        {
            binding.Run();
        }
        catch (EngineException e)
        {
            if (!failed)
                SileroLog.RunFailed(logger, e);
            failed = true;
            return 0;
        }
        return binding.Store(0, memory);
    }
}
