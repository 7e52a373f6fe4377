using System.Buffers.Binary;
using System.Text;

namespace PhoneAgent.Samples.Talk;

/// <summary>WAV files of the one kind that the sample needs: 16-bit PCM, mono, 16 kHz.</summary>
internal static class PcmWav
{
    private const int HeaderBytes = 44;

    /// <exception cref="InvalidDataException">The file is of another kind; the message says how to convert it.</exception>
    public static short[] Read(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        if (file.Length < HeaderBytes || Text(file, 0) != "RIFF" || Text(file, 8) != "WAVE" || Text(file, 12) != "fmt "
            || U16(file, 20) != 1 || U16(file, 22) != 1 || U32(file, 24) != TalkClient.SampleRate || U16(file, 34) != 16)
            throw new InvalidDataException($"{path} is not 16-bit mono PCM of 16 kHz. Convert it: sox {path} -r 16000 -c 1 -b 16 out.wav");
        int data = 12;
        while (data + 8 <= file.Length && Text(file, data) != "data")
            data += 8 + (int)U32(file, data + 4);
        int length = Math.Min((int)U32(file, data + 4), file.Length - data - 8) / sizeof(short);
        short[] samples = new short[length];
        for (int i = 0; i < length; i++)
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(data + 8 + (2 * i)));
        return samples;
    }

    public static void Write(string path, IReadOnlyList<short> samples)
    {
        using var writer = new BinaryWriter(File.Create(path));
        int bytes = samples.Count * sizeof(short);
        writer.Write("RIFF"u8);
        writer.Write(HeaderBytes - 8 + bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(TalkClient.SampleRate);
        writer.Write(TalkClient.SampleRate * sizeof(short));
        writer.Write((short)sizeof(short));
        writer.Write((short)16);
        writer.Write("data"u8);
        writer.Write(bytes);
        foreach (short sample in samples)
            writer.Write(sample);
    }

    private static string Text(byte[] file, int at) => Encoding.ASCII.GetString(file, at, 4);

    private static ushort U16(byte[] file, int at) => BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at));

    private static uint U32(byte[] file, int at) => BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at));
}
