using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace PhoneAgent.Server.Http;

/// <summary>
/// Style sheets, scripts and icons of <c>wwwroot</c>, which are inside the program: <c>/assets/…</c>. Browsers keep them and
/// ask each time whether they have changed.
/// </summary>
internal static class Assets
{
    private const string Prefix = "wwwroot/";

    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".json"] = "application/json",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".wav"] = "audio/wav",
        [".woff2"] = "font/woff2",
        [".onnx"] = "application/octet-stream",
        [".webmanifest"] = "application/manifest+json",
    }.ToFrozenDictionary();

    private static readonly Lazy<FrozenDictionary<string, Asset>> All = new(Read);

    public static void MapAssets(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/assets/{**path}", (string path, HttpContext context) =>
        {
            if (!All.Value.TryGetValue(path, out Asset? asset))
                return Results.NotFound();
            context.Response.Headers.CacheControl = "no-cache";
            return Results.Bytes(asset.Content, asset.Type, entityTag: asset.Tag);
        }).AllowAnonymous();
        routes.MapGet("/favicon.ico", () => Results.Redirect("/assets/icon.svg", permanent: true)).AllowAnonymous();
    }

    private static FrozenDictionary<string, Asset> Read()
    {
        Assembly program = typeof(Assets).Assembly;
        var assets = new Dictionary<string, Asset>(StringComparer.Ordinal);
        foreach (string name in program.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using Stream stream = program.GetManifestResourceStream(name)!;
            byte[] content = new byte[stream.Length];
            stream.ReadExactly(content);
            string path = name[Prefix.Length..].Replace('\\', '/');
            assets[path] = new Asset(content, Types.GetValueOrDefault(Path.GetExtension(path), "application/octet-stream"),
                new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\""));
        }
        return assets.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private sealed record Asset(byte[] Content, string Type, EntityTagHeaderValue Tag);
}
