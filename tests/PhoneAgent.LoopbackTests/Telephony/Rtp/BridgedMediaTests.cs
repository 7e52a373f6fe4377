using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using PhoneAgent.Conversation.Calls;
using PhoneAgent.Conversation.Transfer;
using PhoneAgent.Telephony;
using PhoneAgent.Telephony.Rtp;
using Xunit;

namespace PhoneAgent.LoopbackTests.Telephony.Rtp;

/// <summary>A caller and a human, each in a call with us, talk through the bridge: real RTP, one media clock.</summary>
public sealed class BridgedMediaTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly RtpCallMediaFactory _factory = new(new RtpOptions { FirstPort = 0, LastPort = 0 }, NullLogger<RtpCallMediaFactory>.Instance);

    public void Dispose() => _factory.Dispose();

    [Fact]
    public async Task EachHearsTheOtherAndWhoWaitsHearsMusic()
    {
        await using ICallMedia caller = Create("caller"), toCaller = Create("to-caller"), human = Create("human"), toHuman = Create("to-human");
        Connect(caller, toCaller);
        Connect(toHuman, human);
        Assert.True(WaitingSound.TryCreate("ringback-eu", TimeSpan.FromSeconds(30), out WaitingSound? music, out string? error), error);
        var bridge = new MediaBridge(music.Play);
        var (callersPhone, humansPhone) = (new Phone(700), new Phone(1_100));
        toCaller.Audio.Start(bridge.First);
        toHuman.Audio.Start(bridge.Second);
        caller.Audio.Start(callersPhone);
        human.Audio.Start(humansPhone);

        await callersPhone.HearsAsync(1_100);
        await humansPhone.HearsAsync(700);

        bridge.IsFirstHeld = true;
        await humansPhone.HearsAsync(425);
        bridge.IsFirstHeld = false;
        await humansPhone.HearsAsync(700);
        await callersPhone.HearsAsync(1_100);

        bridge.Stop();
        await humansPhone.HearsAsync(0);
        await callersPhone.HearsAsync(0);
    }

    private ICallMedia Create(string id) => _factory.Create(id, IPAddress.Loopback, null);

    private static void Connect(ICallMedia offerer, ICallMedia answerer)
    {
        Assert.True(offerer.AcceptAnswer(answerer.AcceptOffer(offerer.CreateOffer(MediaDirection.SendRecv)).Sdp!).IsAccepted);
        offerer.Start();
        answerer.Start();
    }

    /// <summary>Sends one tone and tells when another is all that it hears.</summary>
    private sealed class Phone(double hz) : IAudioPeer
    {
        private const int Enough = 5;

        private readonly Lock _gate = new();
        private double _awaited = -1;
        private int _frames;
        private TaskCompletionSource _heard = new();

        /// <param name="tone">0: silence.</param>
        public Task HearsAsync(double tone)
        {
            lock (_gate)
            {
                (_awaited, _frames) = (tone, 0);
                _heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _heard.Task.WaitAsync(Patience);
            }
        }

        public bool Exchange(long position, FrameOrigin origin, ReadOnlySpan<short> received, Span<short> toSend)
        {
            for (int i = 0; i < toSend.Length; i++)
                toSend[i] = (short)(8_000 * Math.Sin(2 * Math.PI * hz * (position + i) / AudioFormat.SampleRate));
            lock (_gate)
            {
                if (_awaited >= 0 && (_frames = Is(received, _awaited) ? _frames + 1 : 0) == Enough)
                    _heard.TrySetResult();
            }
            return true;
        }

        /// <summary>Nearly all power of the frame is in that tone.</summary>
        private static bool Is(ReadOnlySpan<short> frame, double tone)
        {
            double power = 0, re = 0, im = 0;
            for (int i = 0; i < frame.Length; i++)
            {
                double angle = 2 * Math.PI * tone * i / AudioFormat.SampleRate;
                power += (double)frame[i] * frame[i];
                re += frame[i] * Math.Cos(angle);
                im += frame[i] * Math.Sin(angle);
            }
            bool silent = power / frame.Length < 2_500;
            return tone == 0 ? silent : !silent && 2 * (re * re + im * im) / frame.Length > 0.8 * power;
        }
    }
}
