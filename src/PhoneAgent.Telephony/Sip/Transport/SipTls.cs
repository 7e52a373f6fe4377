using System.Net;
using System.Net.NetworkInformation;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PhoneAgent.Conversation.Calls;

namespace PhoneAgent.Telephony.Sip.Transport;

/// <summary>Our certificate and whom we trust, read once at start.</summary>
internal sealed class SipTls : IDisposable
{
    private readonly SipTlsOptions _options;
    private readonly X509Certificate2 _certificate;
    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext _context;

    /// <exception cref="PhoneLineException">A file is missing or is no PEM certificate.</exception>
    public SipTls(SipTlsOptions options, TimeProvider timeProvider)
    {
        _options = options;
        _certificate = options.CertificateFile is null ? MakeSelfSigned(timeProvider) : Load(options);
        _authorities = options.AuthorityFile is null ? null : LoadAuthorities(options.AuthorityFile);
        _context = SslStreamCertificateContext.Create(_certificate, LoadChain(options), offline: true);
    }

    /// <summary>Who we are is our own self-made claim: peers that verify will refuse it.</summary>
    public bool IsSelfSigned => _options.CertificateFile is null;

    /// <summary>Who we are; owned by this object.</summary>
    public X509Certificate2 Certificate => _certificate;

    /// <summary>Whether a server that we connect to is who it should be, for a stack that does its own handshake.</summary>
    public bool IsTrustedServer(X509Certificate? certificate, SslPolicyErrors errors)
    {
        if (!_options.VerifyServer || errors == SslPolicyErrors.None)
            return true;
        if (ChainPolicy() is not { } policy || certificate is null || errors != SslPolicyErrors.RemoteCertificateChainErrors)
            return false;
        using var chain = new X509Chain { ChainPolicy = policy };
        using var server = new X509Certificate2(certificate);
        return chain.Build(server);
    }

    public async Task<Stream> AcceptAsync(Stream inner, CancellationToken cancellationToken)
    {
        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _context,
                ClientCertificateRequired = _options.RequireClientCertificate,
                CertificateChainPolicy = ChainPolicy(),
                // Asked for by ClientCertificateRequired, yet only a callback refuses a peer that shows none.
                RemoteCertificateValidationCallback = (_, _, _, errors) => !_options.RequireClientCertificate || errors == SslPolicyErrors.None,
            }, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<Stream> ConnectAsync(Stream inner, string serverName, CancellationToken cancellationToken)
    {
        var stream = new SslStream(inner);
        try
        {
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = serverName,
                ClientCertificateContext = _context,
                CertificateChainPolicy = ChainPolicy(),
                RemoteCertificateValidationCallback = (_, _, _, errors) => !_options.VerifyServer || errors == SslPolicyErrors.None,
            }, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public void Dispose() => _certificate.Dispose();

    private X509ChainPolicy? ChainPolicy()
    {
        if (_authorities is null)
            return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authorities);
        return policy;
    }

    private static X509Certificate2 Load(SipTlsOptions options)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(options.CertificateFile!, options.KeyFile ?? options.CertificateFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new PhoneLineException(
                $"sip.tls.certificate_file: cannot read '{options.CertificateFile}'"
                + (options.KeyFile is null ? "" : $" with the key '{options.KeyFile}'")
                + $": {e.Message} Name a PEM file with the certificate and its private key, or leave both out for a self-signed one.", e);
        }
    }

    private static X509Certificate2Collection? LoadChain(SipTlsOptions options)
    {
        if (options.CertificateFile is null)
            return null;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(options.CertificateFile);
        return chain;
    }

    private static X509Certificate2Collection LoadAuthorities(string file)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            return authorities;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new PhoneLineException($"sip.tls.authority: cannot read '{file}': {e.Message} Name a PEM file with the certificates to trust.", e);
        }
    }

    private static X509Certificate2 MakeSelfSigned(TimeProvider timeProvider)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Dns.GetHostName()}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Dns.GetHostName());
        names.AddDnsName("localhost");
        foreach (IPAddress address in LocalAddresses())
            names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        DateTimeOffset now = timeProvider.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(5));
    }

    private static IPAddress[] LocalAddresses()
    {
        try
        {
            return NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(one => one.GetIPProperties().UnicastAddresses)
                .Select(one => one.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6
                    ? new IPAddress(one.Address.GetAddressBytes()) : one.Address)
                .Append(IPAddress.Loopback).Append(IPAddress.IPv6Loopback).Distinct().Take(64).ToArray();
        }
        catch (NetworkInformationException)
        {
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        }
    }
}
