using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PhoneAgent.Server.Options;

namespace PhoneAgent.Server.Http;

/// <summary>The certificate of https listeners.</summary>
internal static class HttpCertificate
{
    /// <exception cref="HttpServerException">It cannot be read; the message says what to change.</exception>
    public static X509Certificate2 Load(HttpTlsOptions tls, LoadedConfig config)
    {
        string file = config.PathOf(tls.CertificateFile!);
        try
        {
            return X509Certificate2.CreateFromPemFile(file, tls.KeyFile is { } key ? config.PathOf(key) : null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new HttpServerException($"http.tls: the certificate {file} cannot be read: {e.Message} PEM files are expected, with the private key in the same file or in http.tls.key_file.", e);
        }
    }
}
