using System.Runtime;
using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// Calls that this process makes to itself, on a loopback port of its own, so that the runtime compiles the whole path
/// of a call before the first real one: cold, DTLS alone takes 80 to 160 ms. Some dozens of calls, in rounds, also let
/// it compile for speed what came compiled for any machine (the framework's libraries): it does so for what it has seen
/// run thirty times, counted from when no new code has come up for a while. What calls do every few seconds they do here
/// in leaps of the clock. Once a process, since that is whose code is compiled.
/// </summary>
internal static class WarmUp
{
    // Two rounds run everything thirty times; more at a time would only wait for a core.
    private const int AtATime = 16;

    // A second of audio each: the path of a packet is compiled for speed, too.
    private const int Packets = 50;

    // Each as long as consent checks and reports are apart at most, or nearly.
    private const int Leaps = 3;
    private static readonly TimeSpan Leap = TimeSpan.FromSeconds(6);

    // The runtime begins to count 100 ms after the last new code, and compiles what it has counted 100 ms after that.
    private const int SettleMillis = 150;

    // Where cores are scarce the compiler may have had none for a moment.
    private const int SettledAfter = 2;

    // Something else in the process may be starting, too.
    private const int MaxSettleRounds = 14;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Lock Gate = new();
    private static Task _done = Task.CompletedTask;
    private static int _calls;

    /// <summary>Completes when the process has made so many calls to itself, or could not. Never fails.</summary>
    public static Task Calls(int count)
    {
        lock (Gate)
        {
            if (count > _calls)
            {
                _done = After(_done, count - _calls);
                _calls = count;
            }

            return _done;
        }
    }

    /// <summary>Completes when the runtime compiles nothing more, or after a moment.</summary>
    public static async Task Settle()
    {
        var before = JitInfo.GetCompiledMethodCount();
        for (var (round, still) = (0, 0); round < MaxSettleRounds && still < SettledAfter; round++)
        {
            await Task.Delay(SettleMillis).ConfigureAwait(false);
            var now = JitInfo.GetCompiledMethodCount();
            still = now == before ? still + 1 : 0;
            before = now;
        }
    }

    private static async Task After(Task others, int count)
    {
        await others.ConfigureAwait(false);
        try
        {
            await Task.Run(() => CallSelf(count)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or RtcBindException)
        {
            // A very busy machine, or one without loopback. The first calls will be slower, which is all.
        }
    }

    private static async Task CallSelf(int count)
    {
        var options = new RtcOptions();
        var time = new LeapingClock();
        var logger = NullLogger.Instance;
        using var identity = DtlsIdentity.Create(time);
        using var handshakes = new HandshakePool();
        var peers = new PeerFactory(options, new DtlsEngineFactory(identity, handshakes, time), time, logger);
        var shard = UdpShard.BindAll(options, time, logger)[0];
        shard.Start();
        try
        {
            for (var left = count; left > 0; left -= AtATime)
            {
                var calls = Enumerable.Range(0, Math.Min(left, AtATime)).Select(i => new Call(peers, shard, i)).ToArray();
                await Round(calls, time).WaitAsync(Patience).ConfigureAwait(false);
                if (count > 1)
                    await Settle().ConfigureAwait(false);
            }
        }
        finally
        {
            await shard.Stop().ConfigureAwait(false);
        }
    }

    /// <summary>Calls talk, are silent, and end; each at the same time.</summary>
    private static async Task Round(Call[] calls, LeapingClock time)
    {
        await Task.WhenAll(calls.Select(call => call.Talk())).ConfigureAwait(false);
        for (var leap = 0; leap < Leaps; leap++)
        {
            time.Leap(Leap);
            await Task.WhenAll(calls.Select(call => call.BeSilent())).ConfigureAwait(false);
        }

        await Task.WhenAll(calls.Select(call => call.End())).ConfigureAwait(false);
    }

    /// <summary>The system's clock, but that it can leap.</summary>
    private sealed class LeapingClock : TimeProvider
    {
        private long _leapt;

        public void Leap(TimeSpan time) =>
            Interlocked.Add(ref _leapt, (long)(time.TotalSeconds * TimestampFrequency));

        public override long GetTimestamp() => base.GetTimestamp() + Volatile.Read(ref _leapt);
    }

    /// <summary>A caller and its echo.</summary>
    private sealed class Call
    {
        private readonly Side _caller;
        private readonly Side _echo;

        public Call(PeerFactory peers, UdpShard shard, int number)
        {
            // What is answered is of the one or the other, by turns.
            var profile = number % 2 == 0 ? SrtpProfile.AeadAes128Gcm : SrtpProfile.Aes128CmSha1_80;
            var options = new PeerOptions { Name = "warm-up", SrtpProfiles = [profile] };
            (_caller, _echo) = (new Side(peers, shard, options), new Side(peers, shard, options));
        }

        /// <summary>The caller calls the echo, sends it packets, and hears them again.</summary>
        public async Task Talk()
        {
            var offer = await _caller.Peer.CreateOffer().ConfigureAwait(false);
            var answer = await _echo.Peer.AcceptOffer(offer).ConfigureAwait(false);
            await _caller.Peer.AcceptAnswer(answer).ConfigureAwait(false);
            await Task.WhenAll(_caller.Connected, _echo.Connected).ConfigureAwait(false);
            var far = _echo.Peer.Transceivers[0];
            far.Receiver.Forward(far.Sender);
            for (var i = 0; i < Packets; i++)
                _caller.Peer.Transceivers[0].Sender.Send(new byte[80], samples: 960);
            await _caller.Heard.ConfigureAwait(false);
        }

        /// <summary>Lets the shard see what time it is: it does what is due.</summary>
        public async Task BeSilent()
        {
            await _caller.Peer.GetStats().ConfigureAwait(false);
            await _echo.Peer.GetStats().ConfigureAwait(false);
        }

        public Task End() => _caller.Peer.Close().AsTask();
    }

    private sealed class Side : IRtcPeerEvents
    {
        private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Side(PeerFactory peers, UdpShard shard, PeerOptions options)
        {
            Peer = new RtcPeer(peers.Create(shard, options, this));
            Peer.AddTransceiver(TransceiverDirection.SendRecv);
        }

        public RtcPeer Peer { get; }

        public Task Connected => _connected.Task;

        public Task Heard => _heard.Task;

        public void OnStateChanged(PeerState state, PeerReason? reason)
        {
            if (state == PeerState.Connected)
                _connected.TrySetResult();
        }

        public void OnCandidate(string candidate)
        {
        }

        public void OnFirstPacket(AudioTransceiver transceiver) => _heard.TrySetResult();
    }
}
