using GoTo.WebRtc.Rtcp;
using GoTo.WebRtc.Rtp;

namespace GoTo.WebRtc.Peer;

/// <summary>The shard's side of an <see cref="AudioReceiver"/>: statistics, tap, and where packets go on to.</summary>
internal sealed class InboundStream(AudioReceiver receiver)
{
    private readonly List<Route> _routes = [];
    private readonly DtmfDetector _dtmf = new();
    private readonly QualityMeter _quality = new();
    private ReceiverStatistics? _statistics;
    private long _lostAtMeasure;
    private long _receivedAtMeasure;
    private long _lostBefore;

    public AudioReceiver Receiver => receiver;

    public MediaLine? Line => receiver.Transceiver.Line;

    public long PacketsReceived { get; private set; }

    public long BytesReceived { get; private set; }

    public long PacketsLost => _lostBefore + (_statistics?.CumulativeLost ?? 0);

    public TimeSpan Jitter => _statistics?.JitterTime ?? TimeSpan.Zero;

    public AudioQuality? Quality => _quality.Quality;

    /// <summary>Whether a packet came since the last report.</summary>
    public bool HasNews { get; private set; }

    private PeerConnection Connection => receiver.Transceiver.Connection;

    /// <summary>Counts a packet, shows it to the tap, and passes it on.</summary>
    /// <returns>True for the first packet ever.</returns>
    public bool Receive(in RtpHeader header, ReadOnlySpan<byte> payload, long now, long receivedAt)
    {
        if (_statistics is null || _statistics.Ssrc != header.Ssrc)
        {
            _lostBefore = PacketsLost;
            _statistics = new ReceiverStatistics(
                header.Ssrc, Line?.ReceiveClockRate(header.PayloadType) ?? AudioCodec.Opus.ClockRate);
        }

        var isEvent = Line is { } line && line.IsTones(header.PayloadType);
        _statistics.Receive(header, payload.Length, now, isEvent);
        PacketsReceived++;
        BytesReceived += payload.Length;
        HasNews = true;
        receiver.Tap?.OnRtp(header, payload, receivedAt);
        if (isEvent)
            DetectDtmf(header, payload);
        // By index: a route may end while it is used.
        for (var i = 0; i < _routes.Count; i++)
            _routes[i].To.Forward(_routes[i], header, payload, now);
        return PacketsReceived == 1;
    }

    /// <summary>Measures the interval that ends now, if anything came in it.</summary>
    public void Measure(TimeSpan? roundTrip)
    {
        var received = PacketsReceived - _receivedAtMeasure;
        var lost = Math.Max(0, PacketsLost - _lostAtMeasure);
        (_receivedAtMeasure, _lostAtMeasure) = (PacketsReceived, PacketsLost);
        if (received > 0)
            _quality.Add((double)lost / (lost + received), roundTrip, Jitter);
    }

    public void OnSenderReport(uint ssrc, in SenderInfo info, long now)
    {
        if (_statistics?.Ssrc == ssrc)
            _statistics.ReceiveSenderReport(info.NtpTimestamp, now);
    }

    /// <summary>The report block that is due, if anything came since the last one.</summary>
    public bool TryReport(long now, out ReportBlock report)
    {
        report = default;
        if (!HasNews || _statistics is null)
            return false;
        HasNews = false;
        report = _statistics.CreateReport(now);
        return true;
    }

    public void Add(Route route) => _routes.Add(route);

    public void Remove(Route route) => _routes.Remove(route);

    /// <summary>Stops passing packets on to anyone.</summary>
    public void StopForwarding()
    {
        while (_routes.Count > 0)
            _routes[^1].To.Remove(_routes[^1]);
    }

    private void DetectDtmf(in RtpHeader header, ReadOnlySpan<byte> payload)
    {
        var clockRate = Line!.SendClockRate;
        if (_dtmf.TryDetect(header, payload, clockRate, out var digit))
            Connection.ReportDtmf(receiver.Transceiver, digit);
    }

    /// <summary>Counts a packet that a sender could not take.</summary>
    public void Drop() => Connection.Drop();
}
