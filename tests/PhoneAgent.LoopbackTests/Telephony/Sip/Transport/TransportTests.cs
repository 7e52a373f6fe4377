using System.Net;
using System.Net.Sockets;
using System.Text;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Telephony.Sip.Messages;
using PhoneAgent.Telephony.Sip.Transport;
using PhoneAgent.Testing;
using Xunit;

namespace PhoneAgent.LoopbackTests.Telephony.Sip.Transport;

public class TransportTests
{
    [Theory]
    [InlineData(SipTransportKind.Udp)]
    [InlineData(SipTransportKind.Tcp)]
    [InlineData(SipTransportKind.Tls)]
    public async Task A_request_and_its_response_find_their_ways(SipTransportKind kind)
    {
        await using TransportEnd a = await TransportEnd.StartAsync(), b = await TransportEnd.StartAsync();
        SipDestination destination = b.At(kind);
        _ = a.Send(a.Request(destination, bodyBytes: 1000), destination);

        (SipMessage? request, _, SipSource source) = await b.Next();
        Assert.Equal(1000, request!.Body.Length);
        Assert.Equal(kind, source.Transport);
        Assert.Equal("127.0.0.1", request.TopVia.Received);
        Assert.Equal(source.Remote.Port, request.TopVia.RPort);
        _ = b.Send(SipResponse.For((SipRequest)request, 200), source.ToDestination());

        (SipMessage? response, _, _) = await a.Next();
        Assert.Equal(200, ((SipResponse)response!).StatusCode);
        if (kind != SipTransportKind.Udp)
            Assert.Equal((1, 1), (await a.Connections(), await b.Connections()));
    }

    [Fact]
    public async Task Ipv6_works_where_the_machine_has_it()
    {
        if (!Socket.OSSupportsIPv6)
            return;
        await using TransportEnd a = await TransportEnd.StartAsync(address: "::1"), b = await TransportEnd.StartAsync(address: "::1");
        SipDestination destination = b.At(SipTransportKind.Udp);
        Assert.Equal("[::1]", a.Transport.LocalAddressFor(destination).Host);
        _ = a.Send(a.Request(destination), destination);

        (SipMessage? request, _, _) = await b.Next();
        Assert.Equal("::1", request!.TopVia.Received);
    }

    [Fact]
    public async Task A_connection_is_used_again()
    {
        await using TransportEnd a = await TransportEnd.StartAsync(), b = await TransportEnd.StartAsync();
        SipDestination destination = b.At(SipTransportKind.Tcp);
        for (int i = 0; i < 20; i++)
            _ = a.Send(a.Request(destination, callId: $"{i}", bodyBytes: i * 3000), destination);

        for (int i = 0; i < 20; i++)
            Assert.Equal(($"{i}", i * 3000), ((await b.Next()).Message is { } message ? (message.CallId, message.Body.Length) : default));
        Assert.Equal(1, await b.Connections());
    }

    [Fact]
    public async Task Raw_bytes_over_tcp_ping_pong_split_messages_and_rubbish()
    {
        await using TransportEnd end = await TransportEnd.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(end.At(SipTransportKind.Tcp).EndPoint);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync("\r\n\r\n"u8.ToArray());
        byte[] pong = new byte[2];
        await stream.ReadExactlyAsync(pong, TransportEnd.Soon);
        Assert.Equal("\r\n"u8.ToArray(), pong);

        byte[] message = end.Request(end.At(SipTransportKind.Tcp)).ToBytes();
        foreach (byte[] part in message.Chunk(50))
        {
            await stream.WriteAsync(part);
            await stream.FlushAsync();
        }
        Assert.NotNull((await end.Next()).Message);

        byte[] rubbish = new byte[40_000];
        Array.Fill(rubbish, (byte)'x');
        await stream.WriteAsync(rubbish);
        Assert.Equal(0, await ReadToEnd(stream));
    }

    [Fact]
    public async Task Malformed_datagrams_are_counted_refused_and_harm_nothing()
    {
        await using TransportEnd end = await TransportEnd.StartAsync();
        SipDestination destination = end.At(SipTransportKind.Udp);
        using var client = new UdpClient(AddressFamily.InterNetwork);
        string good = end.Request(destination).ToString();
        await client.SendAsync(Encoding.ASCII.GetBytes(good.Replace("CSeq: 1", "CSeq: x", StringComparison.Ordinal)), destination.EndPoint);
        await client.SendAsync(new byte[] { 0, 1, 2, 255 }, destination.EndPoint);
        await client.SendAsync(Array.Empty<byte>(), destination.EndPoint);
        await client.SendAsync("\r\n\r\n"u8.ToArray(), destination.EndPoint);
        await client.SendAsync(Encoding.ASCII.GetBytes(good), destination.EndPoint);

        Assert.Equal(400, (await end.Next()).Error!.StatusCode);
        Assert.NotNull((await end.Next()).Message);
        Assert.Equal((2, 1, 2), ((int)end.Transport.MalformedMessages, (int)end.Transport.ReceivedMessages, (int)end.Transport.ReceivedKeepAlives));
    }

    [Fact]
    public async Task Failures_are_told()
    {
        await using TransportEnd a = await TransportEnd.StartAsync();
        var nobody = new SipDestination(SipTransportKind.Tcp, FreePort());
        Assert.NotEmpty(await a.Send(a.Request(nobody), nobody).WaitAsync(TransportEnd.Soon));

        var noIpv6 = new SipDestination(SipTransportKind.Udp, new IPEndPoint(IPAddress.IPv6Loopback, 9));
        Assert.Contains("sip.listen", await a.Send(a.Request(noIpv6), noIpv6).WaitAsync(TransportEnd.Soon), StringComparison.Ordinal);

        SipDestination udp = a.At(SipTransportKind.Udp);
        Assert.NotEmpty(await a.Send(a.Request(udp, bodyBytes: 70_000), udp).WaitAsync(TransportEnd.Soon));
    }

    [Fact]
    public async Task A_self_signed_server_is_refused_where_servers_are_verified_and_taken_where_its_certificate_is_trusted()
    {
        string folder = Directory.CreateTempSubdirectory("phoneagent-tls").FullName;
        try
        {
            string file = Path.Combine(folder, "cert.pem");
            WriteCertificate(file);
            await using TransportEnd server = await TransportEnd.StartAsync(
                new SipTransportOptions { Tls = new SipTlsOptions { CertificateFile = file } });
            SipDestination destination = server.At(SipTransportKind.Tls);

            await using TransportEnd strict = await TransportEnd.StartAsync(new SipTransportOptions());
            Assert.Contains("certificate", await strict.Send(strict.Request(destination), destination).WaitAsync(TransportEnd.Soon), StringComparison.OrdinalIgnoreCase);

            await using TransportEnd trusting = await TransportEnd.StartAsync(
                new SipTransportOptions { Tls = new SipTlsOptions { AuthorityFile = file } });
            _ = trusting.Send(trusting.Request(destination), destination with { ServerName = "sip.test" });
            Assert.NotNull((await server.Next()).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_port_in_use_names_the_option()
    {
        await using TransportEnd first = await TransportEnd.StartAsync();
        foreach (SipTransportKind kind in new[] { SipTransportKind.Udp, SipTransportKind.Tcp })
        {
            var loop = new SipLoop(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            var second = new SipTransportLayer(new SipTransportOptions { Listen = [new(kind, first.At(kind).EndPoint)] },
                loop, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

            PhoneLineException e = await Assert.ThrowsAsync<PhoneLineException>(() => second.StartAsync(CancellationToken.None));
            Assert.Contains("sip.listen", e.Message, StringComparison.Ordinal);
            Assert.Contains("in use", e.Message, StringComparison.Ordinal);
            await second.DisposeAsync();
            await loop.DisposeAsync();
        }
    }

    [Fact]
    public async Task Missing_certificates_name_the_option()
    {
        await using var loop = new SipLoop(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var e = Assert.Throws<PhoneLineException>(() => new SipTransportLayer(
            new SipTransportOptions { Tls = new SipTlsOptions { CertificateFile = "/nowhere.pem" } },
            loop, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        Assert.Contains("sip.tls.certificate", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connections_beyond_the_cap_are_closed()
    {
        await using TransportEnd end = await TransportEnd.StartAsync(new SipTransportOptions { MaxConnectionsPerAddress = 2 });
        var clients = new List<TcpClient>();
        for (int i = 0; i < 3; i++)
        {
            clients.Add(new TcpClient());
            await clients[i].ConnectAsync(end.At(SipTransportKind.Tcp).EndPoint);
        }

        Assert.Equal(0, await ReadToEnd(clients[2].GetStream()));
        Assert.Equal(2, await end.Connections());
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Idle_connections_close_and_ours_are_pinged_in_virtual_time()
    {
        var time = new VirtualTime();
        await using TransportEnd end = await TransportEnd.StartAsync(
            new SipTransportOptions { IdleTimeout = TimeSpan.FromSeconds(60), KeepAliveInterval = TimeSpan.FromSeconds(25) }, time);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var peer = new SipDestination(SipTransportKind.Tcp, (IPEndPoint)listener.LocalEndpoint);
        SipRequest request = end.Request(peer);
        _ = end.Send(request, peer);
        using TcpClient accepted = await listener.AcceptTcpClientAsync(TransportEnd.Soon);
        byte[] bytes = new byte[request.ToBytes().Length + 4];
        await accepted.GetStream().ReadExactlyAsync(bytes.AsMemory(0, bytes.Length - 4), TransportEnd.Soon);

        time.Advance(TimeSpan.FromSeconds(25));
        await accepted.GetStream().ReadExactlyAsync(bytes.AsMemory(0, 4), TransportEnd.Soon);
        Assert.Equal("\r\n\r\n"u8.ToArray(), bytes[..4]);

        using var silent = new TcpClient();
        await silent.ConnectAsync(end.At(SipTransportKind.Tcp).EndPoint);
        await silent.GetStream().WriteAsync("\r\n\r\n"u8.ToArray());
        await silent.GetStream().ReadExactlyAsync(bytes.AsMemory(0, 2), TransportEnd.Soon);
        for (int i = 0; i < 4; i++)
        {
            time.Advance(TimeSpan.FromSeconds(25));
            await end.Connections();
        }
        Assert.Equal(0, await ReadToEnd(silent.GetStream()));
    }

    [Fact]
    public async Task The_external_address_is_for_outsiders_only()
    {
        await using TransportEnd end = await TransportEnd.StartAsync(
            new SipTransportOptions { ExternalAddress = IPAddress.Parse("198.51.100.1"), ExternalPort = 15060 });

        SipLocalAddress outside = end.Transport.LocalAddressFor(new SipDestination(SipTransportKind.Udp, new IPEndPoint(IPAddress.Parse("203.0.113.5"), 5060)));
        SipLocalAddress inside = end.Transport.LocalAddressFor(end.At(SipTransportKind.Udp));

        Assert.Equal(("198.51.100.1", 15060), (outside.Host, outside.Port));
        Assert.Equal(("127.0.0.1", null), (inside.Host, inside.ExternalAddress));
    }

    private static async Task<int> ReadToEnd(NetworkStream stream)
    {
        byte[] buffer = new byte[1024];
        try
        {
            while (await stream.ReadAsync(buffer, TransportEnd.Soon) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end as well.
        }
        return 0;
    }

    private static IPEndPoint FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static void WriteCertificate(string file)
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest(
            "CN=sip.test", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        var names = new System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder();
        names.AddDnsName("sip.test");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }
}
