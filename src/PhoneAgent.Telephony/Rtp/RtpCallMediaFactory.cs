using System.Net;
using Microsoft.Extensions.Logging;
using PhoneAgent.Telephony.Sdp;

namespace PhoneAgent.Telephony.Rtp;

/// <summary>Makes the media of calls: one clock and one range of ports for all of them. Thread-safe. Calls are disposed before it.</summary>
public sealed class RtpCallMediaFactory : ICallMediaFactory, IDisposable
{
    private readonly RtpOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly IPacer _pacer;
    private readonly PortRange _ports;

    /// <param name="threads">Pacing threads; one carries well over a thousand calls.</param>
    /// <exception cref="ArgumentException">The options are not valid; the message lists all problems.</exception>
    public RtpCallMediaFactory(RtpOptions options, ILogger<RtpCallMediaFactory> logger, TimeProvider? time = null, IPacer? pacer = null, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        _options = options;
        _logger = logger;
        _time = time ?? TimeProvider.System;
        _pacer = pacer ?? new MonotonicPacer();
        _ports = new PortRange(options.FirstPort, options.LastPort, options.Dscp);
        Clock = new MediaClock(logger, _pacer, threads, options.RealTime);
    }

    /// <summary>What paces the calls, for its statistics.</summary>
    public MediaClock Clock { get; }

    public ICallMedia Create(string callId, IPAddress localAddress, IPAddress? advertisedAddress)
    {
        var ports = _ports.Open(localAddress);
        var local = new LocalAudio
        {
            Codecs = _options.Codecs,
            Address = advertisedAddress ?? localAddress,
            Port = ports.Rtp.LocalPort,
            // Small enough for peers that read it as a signed 32-bit number.
            SessionId = (ulong)Random.Shared.Next(1, int.MaxValue / 2),
            PtimeMs = _options.PtimeMs,
            TelephoneEventPayloadType = _options.TelephoneEventPayloadType,
            RtcpMux = _options.Rtcp && _options.RtcpMux,
        };
        return new RtpCallMedia(callId, _options, ports, local, localAddress.AddressFamily, Clock, _pacer, _time, _logger);
    }

    public void Dispose() => Clock.Dispose();
}
