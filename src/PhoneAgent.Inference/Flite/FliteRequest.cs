using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using PhoneAgent.Conversation;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.Flite;

/// <summary>One request while it is computed, on one thread: clause by clause, chunk by chunk into a channel.</summary>
internal sealed unsafe class FliteRequest(
    FliteLibrary flite, FliteLibrary.Voice* voice, FliteText text, double rate, double gainDb,
    ChannelWriter<SynthesizedAudio> output, CancellationToken cancellationToken)
{
    /// <summary>The engine calls back with at least so much; 10 ms.</summary>
    private const int MinimumChunk = AudioFormat.SampleRate / 100;
    private const int Continue = 0;
    private const int Stop = -1;

    private readonly LeadingSilenceTrimmer trimmer = new();
    private readonly ChunkGatherer chunks = new(gainDb, output);
    private Exception? failure;
    private bool clauseBegun;
    private string clause = "";
    private int clauseStart;
    private int firstTrim; // negative until the clause is heard

    /// <summary>Speaks everything, or up to the cancellation.</summary>
    /// <exception cref="EngineException">flite failed.</exception>
    public void Run()
    {
        foreach (var range in text.Clauses())
        {
            if (cancellationToken.IsCancellationRequested)
                return;
            (clauseStart, var length) = range.GetOffsetAndLength(text.Text.Length);
            clause = text.Text.Substring(clauseStart, length);
            SpeakClause();
            if (failure is not null)
                throw failure as EngineException ?? new EngineException($"flite: {failure.Message}", failure);
        }
        if (!cancellationToken.IsCancellationRequested)
            chunks.Flush();
    }

    private void SpeakClause()
    {
        clauseBegun = false;
        var self = GCHandle.Alloc(this);
        var utterance = flite.NewUtterance();
        try
        {
            SetText(utterance);
            lock (flite.ReferenceCountLock)
            {
                if (flite.InitUtterance(utterance, voice) is null)
                    throw new EngineException("flite could not prepare an utterance.");
            }
            SetRate(utterance);
            StreamTo(utterance, self);
            if (flite.Synthesize(utterance) is null && failure is null && !cancellationToken.IsCancellationRequested)
                failure = new EngineException($"flite failed on a text of {clause.Length} characters.");
        }
        finally
        {
            lock (flite.ReferenceCountLock)
            {
                flite.DeleteUtterance(utterance);
            }
            self.Free();
        }
    }

    private void SetText(FliteLibrary.Utterance* utterance)
    {
        var native = Marshal.StringToCoTaskMemUTF8(clause);
        flite.SetInputText(utterance, (byte*)native); // copies
        Marshal.FreeCoTaskMem(native);
    }

    private void SetRate(FliteLibrary.Utterance* utterance)
    {
        // After InitUtterance, which would overwrite it with the voice's own (kal16 has 1.1).
        var own = flite.GetFloatFeature(utterance->Features, FliteLibrary.Names.DurationStretch, 1);
        flite.SetFloatFeature(utterance->Features, FliteLibrary.Names.DurationStretch, (float)(own / rate));
    }

    /// <summary>On the utterance, never on the voice: the voice is shared by all threads.</summary>
    private void StreamTo(FliteLibrary.Utterance* utterance, GCHandle self)
    {
        var info = flite.NewStreamingInfo();
        info->MinimumSamples = MinimumChunk;
        info->Callback = &OnChunk;
        info->Utterance = utterance;
        info->UserData = (void*)GCHandle.ToIntPtr(self);
        flite.SetFeature(utterance->Features, FliteLibrary.Names.StreamingInfo, flite.StreamingInfoValue(info)); // owns info now
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnChunk(FliteLibrary.Wave* wave, int start, int size, int last, FliteLibrary.StreamingInfo* info)
    {
        var self = (FliteRequest)GCHandle.FromIntPtr((IntPtr)info->UserData).Target!;
        try
        {
            return self.Take(wave, start, size, info->Utterance) ? Continue : Stop;
        }
#pragma warning disable CA1031 // An exception must not unwind through flite's frames; Run throws it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            self.failure = e;
            return Stop;
        }
    }

    private bool Take(FliteLibrary.Wave* wave, int start, int size, FliteLibrary.Utterance* utterance)
    {
        if (cancellationToken.IsCancellationRequested)
            return false;
        if (wave->SampleRate != AudioFormat.SampleRate || wave->Channels != 1)
            throw new EngineException($"The flite voice gives {wave->SampleRate} Hz, {wave->Channels} channels; 16 kHz mono is needed.");
        if (size <= 0 || start < 0 || start > wave->SampleCount - size)
            return true; // an empty last chunk
        if (!clauseBegun)
            BeginClause(utterance);
        trimmer.Push(new ReadOnlySpan<short>(wave->Samples + start, size), out var leadIn, out var rest);
        if (leadIn.Length + rest.Length == 0)
            return true;
        if (firstTrim < 0)
        {
            firstTrim = trimmer.Trimmed;
            MarkWords(utterance);
        }
        chunks.Add(leadIn);
        chunks.Add(rest);
        return true;
    }

    private void BeginClause(FliteLibrary.Utterance* utterance)
    {
        clauseBegun = true;
        firstTrim = -1;
        // All durations are known before the first sample.
        var firstSegment = flite.RelationHead(flite.GetRelation(utterance, FliteLibrary.Names.Segment));
        var firstPhone = firstSegment is null ? 0 : flite.ItemFloatPath(firstSegment, FliteLibrary.Names.End);
        trimmer.Begin(ToSamples(firstPhone));
    }

    private void MarkWords(FliteLibrary.Utterance* utterance)
    {
        var from = 0;
        long earliest = chunks.Position;
        var token = flite.RelationHead(flite.GetRelation(utterance, FliteLibrary.Names.Token));
        for (; token is not null; token = flite.NextItem(token))
        {
            var name = Marshal.PtrToStringUTF8((IntPtr)flite.ItemString(token, FliteLibrary.Names.Name));
            var at = string.IsNullOrEmpty(name) ? -1 : clause.IndexOf(name, from, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                continue;
            from = at + name!.Length;
            if (!name.AsSpan().ContainsAnyInRange('0', 'z'))
                continue; // a lone dash: no words in it
            var sample = chunks.Position + ToSamples(flite.ItemFloatPath(token, FliteLibrary.Names.WordStart)) - firstTrim;
            earliest = Math.Max(earliest, sample);
            chunks.Mark(new WordMark(text.OriginOf(clauseStart + at), earliest));
        }
    }

    private static int ToSamples(float seconds) => (int)(seconds * AudioFormat.SampleRate);
}
