using System.Runtime.InteropServices;

namespace PhoneAgent.Inference.PocketSphinx.Native;

/// <summary>
/// Guesses how a word that no dictionary has is pronounced, by flite's letter-to-sound rules, which are trained on the
/// same phone set. Thread-safe: flite's lookup reads constant tables, and results are built under a lock.
/// </summary>
internal sealed unsafe class LetterToSound
{
    private const int MaxLength = 40;

    private readonly Lock guard = new();
    private readonly IntPtr lexicon;
    private readonly delegate* unmanaged[Cdecl]<IntPtr, byte*, byte*, IntPtr, IntPtr> lookup;
    private readonly delegate* unmanaged[Cdecl]<IntPtr, IntPtr> first;
    private readonly delegate* unmanaged[Cdecl]<IntPtr, IntPtr> rest;
    private readonly delegate* unmanaged[Cdecl]<IntPtr, byte*> toString;
    private readonly delegate* unmanaged[Cdecl]<IntPtr, void> delete;

    private LetterToSound(IntPtr flite, IntPtr cmulex)
    {
        lookup = (delegate* unmanaged[Cdecl]<IntPtr, byte*, byte*, IntPtr, IntPtr>)NativeLibrary.GetExport(flite, "lex_lookup");
        first = (delegate* unmanaged[Cdecl]<IntPtr, IntPtr>)NativeLibrary.GetExport(flite, "val_car");
        rest = (delegate* unmanaged[Cdecl]<IntPtr, IntPtr>)NativeLibrary.GetExport(flite, "val_cdr");
        toString = (delegate* unmanaged[Cdecl]<IntPtr, byte*>)NativeLibrary.GetExport(flite, "val_string");
        delete = (delegate* unmanaged[Cdecl]<IntPtr, void>)NativeLibrary.GetExport(flite, "delete_val");
        lexicon = ((delegate* unmanaged[Cdecl]<IntPtr>)NativeLibrary.GetExport(cmulex, "cmu_lex_init"))();
    }

    /// <summary>Null where flite is not installed.</summary>
    public static LetterToSound? TryLoad()
    {
        if (!NativeLibrary.TryLoad("libflite.so.1", out var flite)
            || !NativeLibrary.TryLoad("libflite_usenglish.so.1", out _)
            || !NativeLibrary.TryLoad("libflite_cmulex.so.1", out var cmulex))
            return null;
        try
        {
            return new LetterToSound(flite, cmulex);
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Phones of the CMU dictionary, e.g. "F OW N"; null when the word has no letters to go by.</summary>
    public string? Pronounce(string word)
    {
        if (word.Length > MaxLength || !word.Any(char.IsAsciiLetter) || word.Any(c => !char.IsAsciiLetter(c) && c is not ('\'' or '-' or '.')))
            return null;
        var letters = new string([.. word.Where(char.IsAsciiLetter).Select(char.ToLowerInvariant)]);
        lock (guard)
        {
            var name = Marshal.StringToCoTaskMemUTF8(letters);
            var phones = lookup(lexicon, (byte*)name, null, IntPtr.Zero);
            Marshal.FreeCoTaskMem(name);
            if (phones == IntPtr.Zero)
                return null;
            var parts = new List<string>();
            for (var p = phones; p != IntPtr.Zero; p = rest(p))
                parts.Add(Map(Marshal.PtrToStringUTF8((IntPtr)toString(first(p))) ?? ""));
            delete(phones);
            parts.RemoveAll(p => p.Length == 0);
            return parts.Count == 0 ? null : string.Join(' ', parts);
        }
    }

    /// <summary>flite writes phones in lower case with a stress digit on vowels, and "ax" for the unstressed "ah".</summary>
    private static string Map(string phone)
    {
        var plain = phone.TrimEnd('0', '1', '2');
        return plain switch
        {
            "ax" => "AH",
            "pau" or "" => "",
            _ => plain.ToUpperInvariant(),
        };
    }
}
