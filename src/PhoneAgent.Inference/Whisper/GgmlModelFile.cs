using System.Text;
using PhoneAgent.Conversation;

namespace PhoneAgent.Inference.Whisper;

/// <summary>
/// What a ggml file of Whisper says of itself. It is walked from end to end before native code sees it: whisper.cpp believes
/// every length in it, and a file that is cut off or of another kind would end the process instead of a call.
/// </summary>
/// <param name="IsMultilingual">False for a model of English only (a ".en" model).</param>
/// <param name="Tensors">0 in a file for tests, which has no weights.</param>
public sealed record GgmlModelFile(string Path, bool IsMultilingual, int Mels, int AudioLayers, int TextLayers, int Tensors)
{
    private const uint Magic = 0x67676d6c;
    private const int EnglishVocabulary = 51_864;
    private const int LargestVocabulary = 52_000;
    private const int LongestToken = 1_024;
    private const int LongestName = 128;

    /// <summary>More than any file holds, and so few that no size in bytes overflows.</summary>
    private const long MostElements = 1L << 44;

    public bool HasWeights => Tensors > 0;

    /// <summary>Reads the file's structure, not its weights: some milliseconds.</summary>
    /// <exception cref="EngineException">It is missing, unreadable, cut off or no Whisper model; the message says what to do.</exception>
    public static GgmlModelFile Inspect(string path)
    {
        if (!File.Exists(path))
            throw new EngineException($"The Whisper model {path} does not exist: run `phoneagent models pull whisper-base.en`, or correct the path in the configuration.");
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
            using var reader = new BinaryReader(file, Encoding.UTF8);
            return Read(path, reader);
        }
        catch (EndOfStreamException e)
        {
            throw CutOff(path, "its header", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"The Whisper model {path} cannot be read: {e.Message}", e);
        }
    }

    private static GgmlModelFile Read(string path, BinaryReader reader)
    {
        if (reader.ReadUInt32() != Magic)
            throw Wrong(path, "it does not begin as a ggml file does (GGUF, PyTorch and ONNX files are other formats)");
        int vocabulary = Number(path, reader, "vocabulary", EnglishVocabulary, LargestVocabulary);
        Number(path, reader, "audio context", 1, 3_000);
        int audioState = Number(path, reader, "audio state", 1, 4_096);
        Number(path, reader, "audio heads", 1, audioState);
        int audioLayers = Number(path, reader, "audio layers", 1, 128);
        Number(path, reader, "text context", 1, 4_096);
        int textState = Number(path, reader, "text state", 1, 4_096);
        Number(path, reader, "text heads", 1, textState);
        int textLayers = Number(path, reader, "text layers", 1, 128);
        int mels = Number(path, reader, "mel bands", 1, 256);
        Number(path, reader, "weight type", 0, 10_000);
        int filterMels = Number(path, reader, "filter bands", mels, mels);
        int filterSize = Number(path, reader, "filter size", 1, 4_096);
        Skip(path, reader, 4L * filterMels * filterSize, "its mel filters");
        int words = Number(path, reader, "words", 1, vocabulary);
        for (var i = 0; i < words; i++)
            Skip(path, reader, Number(path, reader, "length of a word", 0, LongestToken), "its vocabulary");
        var tensors = CountTensors(path, reader);
        var expected = 11 + 15 * audioLayers + 24 * textLayers;
        if (tensors != 0 && tensors != expected)
            throw CutOff(path, $"{tensors} of its {expected} tensors", null);
        return new GgmlModelFile(path, vocabulary > EnglishVocabulary, mels, audioLayers, textLayers, tensors);
    }

    private static int CountTensors(string path, BinaryReader reader)
    {
        var count = 0;
        for (; reader.BaseStream.Position < reader.BaseStream.Length; count++)
        {
            int dimensions = Number(path, reader, "dimensions of a tensor", 1, 4);
            int nameLength = Number(path, reader, "length of a tensor's name", 1, LongestName);
            var type = (GgmlType)Number(path, reader, "type of a tensor", 0, 1_000);
            long elements = 1;
            for (var i = 0; i < dimensions; i++)
                elements = Math.Min(elements * Number(path, reader, "size of a tensor", 1, 1 << 17), MostElements);
            var name = Encoding.ASCII.GetString(reader.ReadBytes(nameLength));
            var bytes = Bytes(type, elements) ?? throw Wrong(path, $"the tensor '{name}' has a type that is not known ({(int)type})");
            Skip(path, reader, bytes, $"the tensor '{name}'");
        }
        return count;
    }

    /// <summary>The weight formats of ggml.h that Whisper models come in.</summary>
    private enum GgmlType
    {
        F32 = 0, F16 = 1, Q4Type0 = 2, Q4Type1 = 3, Q5Type0 = 6, Q5Type1 = 7, Q8Type0 = 8,
        Q2K = 10, Q3K = 11, Q4K = 12, Q5K = 13, Q6K = 14, BF16 = 30,
    }

    /// <summary>Size in the file: blocks of elements; null for an unknown type.</summary>
    private static long? Bytes(GgmlType type, long elements) => type switch
    {
        GgmlType.F32 => elements * 4,
        GgmlType.F16 or GgmlType.BF16 => elements * 2,
        GgmlType.Q4Type0 => elements / 32 * 18,
        GgmlType.Q4Type1 => elements / 32 * 20,
        GgmlType.Q5Type0 => elements / 32 * 22,
        GgmlType.Q5Type1 => elements / 32 * 24,
        GgmlType.Q8Type0 => elements / 32 * 34,
        GgmlType.Q2K => elements / 256 * 84,
        GgmlType.Q3K => elements / 256 * 110,
        GgmlType.Q4K => elements / 256 * 144,
        GgmlType.Q5K => elements / 256 * 176,
        GgmlType.Q6K => elements / 256 * 210,
        _ => null,
    };

    private static int Number(string path, BinaryReader reader, string what, int least, int most)
    {
        var value = reader.ReadInt32();
        return value >= least && value <= most
            ? value
            : throw Wrong(path, $"its {what} is {value}, not {least} to {most}");
    }

    private static void Skip(string path, BinaryReader reader, long bytes, string what)
    {
        if (bytes > reader.BaseStream.Length - reader.BaseStream.Position)
            throw CutOff(path, what, null);
        reader.BaseStream.Seek(bytes, SeekOrigin.Current);
    }

    private static EngineException Wrong(string path, string why) =>
        new($"{path} is no Whisper model: {why}. Give a ggml file of whisper.cpp, e.g. by `phoneagent models pull whisper-base.en`.");

    private static EngineException CutOff(string path, string where, Exception? inner)
    {
        var message = $"The Whisper model {path} is cut off at {where}: delete it and fetch it again, e.g. by `phoneagent models pull`.";
        return inner is null ? new EngineException(message) : new EngineException(message, inner);
    }
}
