using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;

namespace PhoneAgent.LoopbackTests.Rig;

/// <summary>
/// Stands between a softphone and the agent on TCP or TLS and writes down in clear text, with its time, what either says:
/// a capture shows neither where a message ends nor what is inside TLS. Thread-safe.
/// </summary>
internal sealed partial class SipTap : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly List<SipOnWire> _messages = [];
    private readonly int _agentPort;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;

    private SipTap(int agentPort, bool isTls)
    {
        _agentPort = agentPort;
        _certificate = isTls ? MakeCertificate() : null;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>In the order in which they ended.</summary>
    public IReadOnlyList<SipOnWire> Messages
    {
        get
        {
            lock (_lock)
                return [.. _messages];
        }
    }

    public static SipTap Start(int agentPort, bool isTls) => new(agentPort, isTls);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _certificate?.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true)
                running.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task CarryAsync(TcpClient phone)
    {
        using (phone)
        using (var agent = new TcpClient())
        {
            try
            {
                (phone.NoDelay, agent.NoDelay) = (true, true);
                await agent.ConnectAsync(IPAddress.Loopback, _agentPort, _stopping.Token);
                await using Stream near = await SecuredAsServerAsync(phone.GetStream()), far = await SecuredAsClientAsync(agent.GetStream());
                // Whoever ends first ends both.
                await await Task.WhenAny(PumpAsync(near, far), PumpAsync(far, near));
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or AuthenticationException or ObjectDisposedException)
            {
                // The call shows it: nothing comes through any more.
            }
        }
    }

    private async Task PumpAsync(Stream from, Stream to)
    {
        var buffer = new byte[16 * 1024];
        var waiting = new StringBuilder();
        int count;
        while ((count = await from.ReadAsync(buffer, _stopping.Token)) > 0)
        {
            TimeSpan now = TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch;
            await to.WriteAsync(buffer.AsMemory(0, count), _stopping.Token);
            Take(waiting.Append(Encoding.Latin1.GetString(buffer, 0, count)), now);
        }
    }

    /// <summary>Whole messages, by their Content-Length (RFC 3261 §18.3); line ends between them keep the connection alive.</summary>
    private void Take(StringBuilder waiting, TimeSpan now)
    {
        while (true)
        {
            string text = waiting.ToString().TrimStart('\r', '\n');
            int header = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            if (header < 4)
                return;
            Match length = ContentLength().Match(text[..header]);
            int end = header + (length.Success ? int.Parse(length.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : 0);
            if (text.Length < end)
                return;
            lock (_lock)
                _messages.Add(new SipOnWire(now, text[..end]));
            waiting.Clear().Append(text, end, text.Length - end);
        }
    }

    private async Task<Stream> SecuredAsServerAsync(Stream plain)
    {
        if (_certificate is null)
            return plain;
        var secured = new SslStream(plain);
        await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
        return secured;
    }

    private async Task<Stream> SecuredAsClientAsync(Stream plain)
    {
        if (_certificate is null)
            return plain;
        // The agent's certificate is one that it made itself.
        var secured = new SslStream(plain, leaveInnerStreamOpen: false, (_, _, _, errors) => (errors & SslPolicyErrors.RemoteCertificateNotAvailable) == 0);
        await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "127.0.0.1" }, _stopping.Token);
        return secured;
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    [GeneratedRegex(@"^(?:Content-Length|l) *: *(\d{1,5})", RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex ContentLength();
}

/// <param name="At">Since 1970.</param>
internal sealed record SipOnWire(TimeSpan At, string Text);
