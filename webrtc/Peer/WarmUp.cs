using System.Runtime;
using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// Calls that this process makes to itself, on a loopback port of its own, so that the runtime compiles the whole path
/// of a call before the first real one: cold, DTLS alone takes 80 to 160 ms. Some dozens of calls, in rounds, also let
/// it compile for speed what came compiled for any machine (the framework's libraries): it does so for what it has seen
/// run thirty times, counted from when no new code has come up for a while. Once a process, since that is whose code is
/// compiled.
/// </summary>
internal static class WarmUp
{
    // Two rounds run everything thirty times; more at a time would only wait for a core.
    private const int AtATime = 16;

    // A second of audio each: the path of a packet is compiled for speed, too.
    private const int Packets = 50;

    // The runtime begins to count 100 ms after the last new code, and compiles what it has counted 100 ms after that.
    private const int SettleMillis = 150;

    // Something else in the process may be starting, too.
    private const int MaxSettleRounds = 4;

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
        var before = -1L;
        for (var round = 0; round < MaxSettleRounds && JitInfo.GetCompiledMethodCount() is var now && now != before; round++)
        {
            before = now;
            await Task.Delay(SettleMillis).ConfigureAwait(false);
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
        var time = TimeProvider.System;
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
                var calls = Enumerable.Range(0, Math.Min(left, AtATime)).Select(_ => Call(peers, shard));
                await Task.WhenAll(calls).WaitAsync(Patience).ConfigureAwait(false);
                if (count > 1)
                    await Settle().ConfigureAwait(false);
            }
        }
        finally
        {
            await shard.Stop().ConfigureAwait(false);
        }
    }

    private static Task Call(PeerFactory peers, UdpShard shard)
    {
        var echo = new Side(peers, shard);
        var caller = new Side(peers, shard);
        return caller.Talk(echo);
    }

    private sealed class Side : IRtcPeerEvents
    {
        private readonly RtcPeer _peer;
        private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Side(PeerFactory peers, UdpShard shard)
        {
            _peer = new RtcPeer(peers.Create(shard, new PeerOptions { Name = "warm-up" }, this));
            _peer.AddTransceiver(TransceiverDirection.SendRecv);
        }

        /// <summary>Calls the other side, sends it packets, and hears them again.</summary>
        public async Task Talk(Side echo)
        {
            var offer = await _peer.CreateOffer().ConfigureAwait(false);
            await _peer.AcceptAnswer(await echo._peer.AcceptOffer(offer).ConfigureAwait(false)).ConfigureAwait(false);
            await Task.WhenAll(_connected.Task, echo._connected.Task).ConfigureAwait(false);
            var far = echo._peer.Transceivers[0];
            far.Receiver.Forward(far.Sender);
            for (var i = 0; i < Packets; i++)
                _peer.Transceivers[0].Sender.Send(new byte[80], samples: 960);
            await _heard.Task.ConfigureAwait(false);
            await _peer.Close().ConfigureAwait(false);
        }

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
