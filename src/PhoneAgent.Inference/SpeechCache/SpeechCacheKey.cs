using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PhoneAgent.Conversation.Speaking;

namespace PhoneAgent.Inference.SpeechCache;

/// <summary>A request's file name: a hash of all that its sound depends on.</summary>
internal static class SpeechCacheKey
{
    public const string Extension = ".speech";

    public static string FileName(ISpeechSynthesizer engine, string variant, SynthesisRequest request)
    {
        var all = new StringBuilder();
        Add(engine.Name);
        Add(variant);
        Add(request.Voice ?? (engine.Voices.Count > 0 ? engine.Voices[0].Id : ""));
        Add(request.Rate.ToString("R", CultureInfo.InvariantCulture));
        Add(request.GainDb.ToString("R", CultureInfo.InvariantCulture));
        Add(request.Language ?? "");
        Add(request.Style ?? "");
        Add(request.Text);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()))) + Extension;

        // With its length before it no part can run into the next.
        void Add(string part) => all.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
    }
}
