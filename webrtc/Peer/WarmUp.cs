using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// A call that this process makes to itself, on a loopback port of its own, so that the runtime compiles the whole path
/// of a call before the first real one: cold, DTLS alone takes 80 to 160 ms. Once a process, since that is whose code
/// is compiled.
/// </summary>
internal static class WarmUp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Lazy<Task> Done = new(() => Task.Run(Call));

    /// <summary>Begins, if that has not been done, and completes when done. Never fails.</summary>
    public static Task Once() => Done.Value;

    private static async Task Call()
    {
        try
        {
            await CallSelf().ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or RtcBindException)
        {
            // A very busy machine, or one without loopback. The first call will be slower, which is all.
        }
    }

    private static async Task CallSelf()
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
            var echo = new Side(peers, shard);
            var caller = new Side(peers, shard);
            await caller.Talk(echo).WaitAsync(Patience).ConfigureAwait(false);
        }
        finally
        {
            await shard.Stop().ConfigureAwait(false);
        }
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

        /// <summary>Calls the other side, sends it a packet, and hears that again.</summary>
        public async Task Talk(Side echo)
        {
            var offer = await _peer.CreateOffer().ConfigureAwait(false);
            await _peer.AcceptAnswer(await echo._peer.AcceptOffer(offer).ConfigureAwait(false)).ConfigureAwait(false);
            await Task.WhenAll(_connected.Task, echo._connected.Task).ConfigureAwait(false);
            var far = echo._peer.Transceivers[0];
            far.Receiver.Forward(far.Sender);
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
