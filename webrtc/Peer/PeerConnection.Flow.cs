namespace GoTo.WebRtc.Peer;

/// <summary>
/// Tells when audio does not flow although the connection lives, and measures how good it is when it does.
/// </summary>
internal sealed partial class PeerConnection
{
    private long _lastRtcpAt;
    private long _watchAt = long.MaxValue;
    private bool _measured;

    private long WatchDue => State == PeerState.Connected ? _watchAt : long.MaxValue;

    private void StartWatching()
    {
        _watchAt = Beat.UpTo(Shard.Now + FlowWatch.Interval);
        foreach (var transceiver in _transceivers)
            transceiver.Watch.Start(Shard.Now);
    }

    private void WatchFlow(long now)
    {
        if (now < WatchDue)
            return;
        _watchAt = Beat.UpTo(now + FlowWatch.Interval);
        // Every second look: each 5 s.
        _measured = !_measured;
        foreach (var transceiver in _transceivers)
        {
            if (!_measured)
                transceiver.Receiver.Stream.Measure(_roundTripTime);
            var line = transceiver.Line;
            var sent = transceiver.Sender.Stream;
            var counts = new FlowCounts(
                transceiver.Receiver.Stream.PacketsReceived, sent.PacketsSent,
                sent.LastReport?.ExtendedHighestSequence);
            if (transceiver.Watch.Look(line is { Receives: true }, line is { Sends: true }, counts, _lastRtcpAt, now))
                _events.OnAudioFlow(transceiver, transceiver.Watch.Flow);
        }
    }
}
