using System.Runtime.InteropServices;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Flite;

/// <summary>
/// libflite 2.x by function pointers. Loaded once and never unloaded: flite keeps pointers to feature names and its
/// voices are static. Field layouts are those of cst_utterance.h, cst_voice.h, cst_audio.h and cst_wave.h.
/// </summary>
internal sealed unsafe class FliteLibrary
{
    private static readonly Lock LoadLock = new();
    private static FliteLibrary? loaded;

    private readonly Dictionary<string, IntPtr> voices = [];

    public readonly delegate* unmanaged[Cdecl]<Utterance*> NewUtterance;
    public readonly delegate* unmanaged[Cdecl]<Utterance*, void> DeleteUtterance;
    public readonly delegate* unmanaged[Cdecl]<Utterance*, byte*, int> SetInputText;
    public readonly delegate* unmanaged[Cdecl]<Utterance*, Voice*, Utterance*> InitUtterance;
    public readonly delegate* unmanaged[Cdecl]<Utterance*, Utterance*> Synthesize;
    public readonly delegate* unmanaged[Cdecl]<StreamingInfo*> NewStreamingInfo;
    public readonly delegate* unmanaged[Cdecl]<StreamingInfo*, void*> StreamingInfoValue;
    public readonly delegate* unmanaged[Cdecl]<void*, byte*, void*, void> SetFeature;
    public readonly delegate* unmanaged[Cdecl]<void*, byte*, float, void> SetFloatFeature;
    public readonly delegate* unmanaged[Cdecl]<void*, byte*, float, float> GetFloatFeature;
    public readonly delegate* unmanaged[Cdecl]<Utterance*, byte*, void*> GetRelation;
    public readonly delegate* unmanaged[Cdecl]<void*, void*> RelationHead;
    public readonly delegate* unmanaged[Cdecl]<void*, void*> NextItem;
    public readonly delegate* unmanaged[Cdecl]<void*, byte*, byte*> ItemString;
    public readonly delegate* unmanaged[Cdecl]<void*, byte*, float> ItemFloatPath;

    private FliteLibrary(IntPtr handle)
    {
        IntPtr Export(string name) => NativeLibrary.GetExport(handle, name);
        NewUtterance = (delegate* unmanaged[Cdecl]<Utterance*>)Export("new_utterance");
        DeleteUtterance = (delegate* unmanaged[Cdecl]<Utterance*, void>)Export("delete_utterance");
        SetInputText = (delegate* unmanaged[Cdecl]<Utterance*, byte*, int>)Export("utt_set_input_text");
        InitUtterance = (delegate* unmanaged[Cdecl]<Utterance*, Voice*, Utterance*>)Export("utt_init");
        Synthesize = (delegate* unmanaged[Cdecl]<Utterance*, Utterance*>)Export("utt_synth");
        NewStreamingInfo = (delegate* unmanaged[Cdecl]<StreamingInfo*>)Export("new_audio_streaming_info");
        StreamingInfoValue = (delegate* unmanaged[Cdecl]<StreamingInfo*, void*>)Export("audio_streaming_info_val");
        SetFeature = (delegate* unmanaged[Cdecl]<void*, byte*, void*, void>)Export("feat_set");
        SetFloatFeature = (delegate* unmanaged[Cdecl]<void*, byte*, float, void>)Export("feat_set_float");
        GetFloatFeature = (delegate* unmanaged[Cdecl]<void*, byte*, float, float>)Export("get_param_float");
        GetRelation = (delegate* unmanaged[Cdecl]<Utterance*, byte*, void*>)Export("utt_relation");
        RelationHead = (delegate* unmanaged[Cdecl]<void*, void*>)Export("relation_head");
        NextItem = (delegate* unmanaged[Cdecl]<void*, void*>)Export("item_next");
        ItemString = (delegate* unmanaged[Cdecl]<void*, byte*, byte*>)Export("item_feat_string");
        ItemFloatPath = (delegate* unmanaged[Cdecl]<void*, byte*, float>)Export("flite_ffeature_float");
        ((delegate* unmanaged[Cdecl]<int>)Export("flite_init"))();
    }

    /// <summary>
    /// flite counts references to a voice's features without atomics, whenever an utterance takes them over and gives
    /// them back. Hold this around <see cref="InitUtterance"/> and <see cref="DeleteUtterance"/>; synthesis itself needs no lock.
    /// </summary>
    public Lock ReferenceCountLock { get; } = new();

    /// <exception cref="EngineException">The library is not installed, or too old.</exception>
    public static FliteLibrary Load()
    {
        lock (LoadLock)
        {
            if (loaded is not null)
                return loaded;
            if (!NativeLibrary.TryLoad("libflite.so.1", out var handle))
                throw new EngineException("flite is not installed (libflite.so.1 not found): run `apt-get install libflite1`.");
            try
            {
                return loaded = new FliteLibrary(handle);
            }
            catch (EntryPointNotFoundException e)
            {
                throw new EngineException("libflite.so.1 lacks a function of flite 2.x: install libflite1 of version 2.1 or newer.", e);
            }
        }
    }

    /// <exception cref="EngineException">The voice's library is not installed.</exception>
    public Voice* LoadVoice(FliteVoice voice)
    {
        lock (LoadLock)
        {
            if (voices.TryGetValue(voice.Id, out var known))
                return (Voice*)known;
            var file = $"libflite_cmu_us_{voice.Id}.so.1";
            if (!NativeLibrary.TryLoad(file, out var handle))
                throw new EngineException($"The flite voice '{voice.Id}' is not installed ({file} not found): run `apt-get install libflite1`.");
            var register = (delegate* unmanaged[Cdecl]<byte*, Voice*>)NativeLibrary.GetExport(handle, $"register_cmu_us_{voice.Id}");
            var pointer = register(null);
            if (pointer is null)
                throw new EngineException($"The flite voice '{voice.Id}' failed to register: reinstall libflite1.");
            voices[voice.Id] = (IntPtr)pointer;
            return pointer;
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Utterance
    {
        public void* Features;
        public void* FeatureFunctions;
        public void* Relations;
        public void* AllocationContext;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Voice
    {
        public byte* Name;
        public void* Features;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct StreamingInfo
    {
        public int MinimumSamples;
        public delegate* unmanaged[Cdecl]<Wave*, int, int, int, StreamingInfo*, int> Callback;
        public Utterance* Utterance;
        public void* Item;
        public void* UserData;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Wave
    {
        public byte* Type;
        public int SampleRate;
        public int SampleCount;
        public int Channels;
        public short* Samples;
    }

    /// <summary>Names that flite keeps pointers to: native memory that is never freed.</summary>
    public static class Names
    {
        public static readonly byte* StreamingInfo = Permanent("streaming_info");
        public static readonly byte* DurationStretch = Permanent("duration_stretch");
        public static readonly byte* Token = Permanent("Token");
        public static readonly byte* Name = Permanent("name");
        public static readonly byte* Segment = Permanent("Segment");
        public static readonly byte* End = Permanent("end");
        public static readonly byte* WordStart =
            Permanent("R:Token.daughter1.R:SylStructure.daughter1.daughter1.R:Segment.p.end");

        private static byte* Permanent(string text) => (byte*)Marshal.StringToCoTaskMemUTF8(text);
    }
}
