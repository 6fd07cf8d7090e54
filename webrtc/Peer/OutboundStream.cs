using GoTo.WebRtc.Net;
using GoTo.WebRtc.Rtcp;
using GoTo.WebRtc.Rtp;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// The shard's side of an <see cref="AudioSender"/>: one RTP stream, fed by an announcement while one plays, else by
/// the packets of receivers, else by the application. Hot: allocates nothing per packet.
/// </summary>
internal sealed partial class OutboundStream(AudioSender sender) : IPayloadTarget
{
    private readonly List<Route> _routes = [];
    private readonly QualityMeter _quality = new();
    private RtpRewriter? _rewriter;
    private long _packetsAtReport;

    public uint Ssrc => sender.Ssrc;

    public long PacketsSent { get; private set; }

    public long BytesSent { get; private set; }

    /// <summary>What the remote side last reported about this stream.</summary>
    public ReportBlock? LastReport { get; private set; }

    /// <summary>What the remote side hears.</summary>
    public AudioQuality? Quality => _quality.Quality;

    /// <summary>The RTP clock in Hz.</summary>
    public int ClockRate => Line?.SendClockRate ?? AudioCodec.Opus.ClockRate;

    /// <summary>Whether something was sent since the last sender report.</summary>
    public bool HasNews => PacketsSent != _packetsAtReport;

    private MediaLine? Line => sender.Transceiver.Line;

    private PeerConnection Connection => sender.Transceiver.Connection;

    /// <summary>When <see cref="OnTimer"/> is to be called next.</summary>
    public long Due => Math.Min(DtmfDue, Math.Min(PlaybackDue, SilenceDue));

    /// <summary>Sends what is due: digits, an announcement, silence.</summary>
    public void OnTimer(long now)
    {
        SendDueDtmf(now);
        SendDuePlayback(now);
        SendDueSilence(now);
    }

    /// <summary>The m-line has been negotiated, for the first time or again.</summary>
    public void OnNegotiated(Entropy entropy) =>
        // Below 2^15: the rollover counter stays unambiguous when the first packets are lost (RFC 3711 section 3.3.1).
        _rewriter ??= new RtpRewriter(Ssrc, ClockRate, (ushort)entropy.Next(1 << 15), entropy.NextUInt32());

    /// <summary>Makes these receivers the sources, in place of those that were.</summary>
    public void FeedFrom(ReadOnlySpan<InboundStream> sources)
    {
        for (var i = _routes.Count - 1; i >= 0; i--)
        {
            if (!sources.Contains(_routes[i].From))
                Remove(_routes[i]);
        }

        if (_routes is [var only] && sources.Length > 1)
        {
            only.HoldFloor(Connection.Shard.Now);
            _speaker = only;
        }

        foreach (var source in sources)
        {
            if (_routes.Exists(route => route.From == source))
                continue;
            var route = new Route(source, this);
            _routes.Add(route);
            source.Add(route);
        }

        Connection.Reschedule();
    }

    /// <summary>Ends the feeding by a receiver.</summary>
    public void Remove(Route route)
    {
        route.From.Remove(route);
        _routes.Remove(route);
        route.ForgetInput();
        if (_speaker == route)
            _speaker = null;
        if (_routes.Count == 0)
            EndMix();
        OnSourceGone();
    }

    /// <summary>Passes a received packet on under this stream's numbers.</summary>
    public void Forward(Route route, in RtpHeader header, scoped ReadOnlySpan<byte> payload, long now)
    {
        var to = Line;
        if (IsPlaying || route.From.Line is not { } source || !Connection.CanSend(to))
            return;
        var payloadType = route.Map(source, to!, header.PayloadType);
        if (_routes.Count > 1 || payloadType == MediaLine.None || (_mix is not null && source.IsTones(header.PayloadType)))
        {
            ForwardMixed(route, source, to!, payloadType, header, payload, now);
            return;
        }

        EndMix();
        Span<byte> toneEvent = stackalloc byte[TelephoneEvent.Length];
        if (source.IsTones(header.PayloadType) && Rescale(payload, source, header.PayloadType, toneEvent))
            payload = toneEvent;
        PassOn(route, to!, payloadType, header, payload, now);
    }

    /// <summary>Sends a packet of the application.</summary>
    void IPayloadTarget.Send(ReadOnlySpan<byte> payload, int samples, bool marker, long now)
    {
        var line = Line;
        if (IsPlaying || _routes.Count > 0 || !Connection.CanSend(line) || line!.SendPayloadType == MediaLine.None)
            return;
        OnAudioSent(now);
        if (!Send(_rewriter!.Next((byte)line.SendPayloadType, samples, marker, now), line, payload))
            Connection.Drop();
    }

    /// <summary>What a sender report says about this stream (RFC 3550 section 6.4.1).</summary>
    public SenderInfo CreateSenderInfo(NtpClock clock, long now)
    {
        _packetsAtReport = PacketsSent;
        return new SenderInfo(clock.At(now), _rewriter!.TimestampAt(now), (uint)PacketsSent, (uint)BytesSent);
    }

    /// <summary>Takes in what the remote side reports; an interval in which nothing was sent tells nothing.</summary>
    public void OnReport(in ReportBlock report, TimeSpan? roundTrip)
    {
        if (LastReport?.ExtendedHighestSequence != report.ExtendedHighestSequence)
            _quality.Add(report.FractionLost / 256.0, roundTrip, JitterOf(report));
        LastReport = report;
    }

    /// <summary>The interarrival jitter that the remote side reports.</summary>
    public TimeSpan JitterOf(in ReportBlock report) => TimeSpan.FromSeconds((double)report.Jitter / ClockRate);

    /// <summary>The next packet begins anew, whatever it is of.</summary>
    private void OnSourceGone()
    {
        _rewriter?.SwitchSource();
        if (_silentFrames == 0)
            _quietAfter = FrameTime;
        Connection.Reschedule();
    }

    /// <summary>The connection has ended.</summary>
    public void Stop(string why)
    {
        while (_routes.Count > 0)
            Remove(_routes[^1]);
        EndPlayback(AnnouncementEnd.ConnectionLost);
        CancelDtmf(why);
    }

    private void PassOn(
        Route route, MediaLine to, int payloadType, in RtpHeader header, ReadOnlySpan<byte> payload, long now)
    {
        if (!_rewriter!.TryRewrite(header, (byte)payloadType, now, out var rewritten) || !Send(rewritten, to, payload))
        {
            route.From.Drop();
            return;
        }

        OnAudioSent(now);
        Connection.Shard.Counters.PacketsForwarded++;
    }

    private bool Send(in RtpHeader header, MediaLine line, ReadOnlySpan<byte> payload)
    {
        // The remote side knows the stream once it reports on it (RFC 9143 section 9.2).
        if (!Connection.SendRtp(header, line, withMid: LastReport is null, payload))
            return false;
        PacketsSent++;
        BytesSent += payload.Length;
        return true;
    }
}
