using GoTo.WebRtc.Rtcp;
using GoTo.WebRtc.Srtp;

namespace GoTo.WebRtc.Peer;

/// <summary>RTCP of this connection, terminated here: reports are never passed on (RFC 3550 section 6).</summary>
internal sealed partial class PeerConnection
{
    // A compound packet is sent when it has grown to this many bytes, and another begun.
    private const int ReportTarget = 1000;

    private const int MaxReportBlocks = 31;

    private readonly RtcpScheduler _reports = new();
    private NtpClock? _clock;
    private TimeSpan? _roundTripTime;

    private NtpClock Clock => _clock ??= new NtpClock(_factory.Time.GetUtcNow() - TimeSpan.FromTicks(Shard.Now));

    public void OnRtcp(Span<byte> packet, long now)
    {
        if (_srtp is null)
            return;
        var result = _srtp.UnprotectRtcp(packet, out var length);
        if (result != SrtpResult.Ok)
        {
            Count(result);
            return;
        }

        _lastRtcpAt = now;
        var parser = new RtcpParser(packet[..length]);
        while (parser.TryRead(out var rtcp))
        {
            if (rtcp.TryGetSenderInfo(out var info) && rtcp.TryGetSsrc(out var ssrc))
                _sources.At(ssrc)?.OnSenderReport(ssrc, info, now);
            for (var i = 0; i < rtcp.ReportCount; i++)
                OnReport(rtcp.GetReport(i), now);
            for (var i = 0; i < rtcp.ByeCount; i++)
                _sources.Remove(rtcp.GetBye(i));
        }
    }

    public PeerStats GetStats() => new()
    {
        State = State,
        RemoteAddress = Remote.IsSpecified ? Remote.ToIPEndPoint() : null,
        RelayAddress = Path.Relay.IsSpecified ? Path.Relay.ToIPEndPoint() : null,
        Profile = _profile,
        DtlsRole = _remoteFingerprints is null ? null : _dtlsRole,
        IceTime = _iceConnectedAt is { } ice ? TimeSpan.FromTicks(ice - _negotiatedAt) : null,
        ConnectTime = _connectedAt is { } connected ? TimeSpan.FromTicks(connected - _negotiatedAt) : null,
        IceRestarts = _iceRestarts,
        RoundTripTime = _roundTripTime,
        AuthenticationFailures = _unauthenticated,
        Replays = _replayed,
        Dropped = _dropped,
        Audio = Array.ConvertAll(_transceivers, StatsOf),
    };

    private static AudioStats StatsOf(AudioTransceiver transceiver)
    {
        var received = transceiver.Receiver.Stream;
        var sent = transceiver.Sender.Stream;
        var report = sent.LastReport;
        return new AudioStats
        {
            Mid = transceiver.Mid,
            PacketsReceived = received.PacketsReceived,
            BytesReceived = received.BytesReceived,
            PacketsLost = received.PacketsLost,
            Jitter = received.Jitter,
            PacketsSent = sent.PacketsSent,
            BytesSent = sent.BytesSent,
            RemotePacketsLost = report?.CumulativeLost,
            RemoteFractionLost = report?.FractionLost / 256.0,
            RemoteJitter = report is { } r ? sent.JitterOf(r) : null,
            Quality = received.Quality,
            RemoteQuality = sent.Quality,
        };
    }

    private void OnReport(in ReportBlock report, long now)
    {
        foreach (var transceiver in _transceivers)
        {
            if (transceiver.Sender.Ssrc != report.Ssrc)
                continue;
            _roundTripTime = Clock.RoundTrip(report, now) ?? _roundTripTime;
            transceiver.Sender.Stream.OnReport(report, _roundTripTime);
        }
    }

    private void SendDueReports(long now)
    {
        // Taken also by a peer of data channels alone, which has nothing to report: it would be due for ever.
        if (_srtp is null || !_reports.TryTake(now, _factory.Entropy) || _transceivers.Length == 0)
            return;
        Span<ReportBlock> blocks = stackalloc ReportBlock[MaxReportBlocks];
        var count = 0;
        foreach (var transceiver in _transceivers)
        {
            if (count < MaxReportBlocks && transceiver.Receiver.Stream.TryReport(now, out blocks[count]))
                count++;
        }

        SendReports(blocks[..count], now, bye: []);
    }

    private void SendBye()
    {
        if (_srtp is null)
            return;
        var sources = _transceivers.Where(t => t.Sender.Stream.PacketsSent > 0).Select(t => t.Sender.Ssrc)
            .Take(MaxReportBlocks).ToArray();
        if (sources.Length > 0)
            SendReports([], Shard.Now, sources);
    }

    /// <summary>
    /// Sends an SR for each stream that sent since its last one, with our report blocks in the first, or an RR when
    /// none did; each with its SDES.
    /// </summary>
    private void SendReports(ReadOnlySpan<ReportBlock> blocks, long now, ReadOnlySpan<uint> bye)
    {
        var builder = new RtcpBuilder(Room(Shard.NextBuffer()));
        foreach (var transceiver in _transceivers)
        {
            var stream = transceiver.Sender.Stream;
            if (!stream.HasNews)
                continue;
            builder.AddSenderReport(stream.Ssrc, stream.CreateSenderInfo(Clock, now), blocks);
            builder.AddSourceDescription(stream.Ssrc, _cname);
            blocks = [];
            if (builder.Length > ReportTarget)
            {
                SendRtcp(builder.Length);
                builder = new RtcpBuilder(Room(Shard.NextBuffer()));
            }
        }

        if (builder.Length == 0)
        {
            var ssrc = _transceivers[0].Sender.Ssrc;
            builder.AddReceiverReport(ssrc, blocks);
            builder.AddSourceDescription(ssrc, _cname);
        }

        if (!bye.IsEmpty)
            builder.AddBye(bye);
        SendRtcp(builder.Length);
    }

    private static Span<byte> Room(Span<byte> buffer) => buffer[..^SrtpSession.MaxOverhead];

    private void SendRtcp(int length)
    {
        if (!Remote.IsSpecified)
            return;
        length = _srtp!.ProtectRtcp(Shard.NextBuffer(), length);
        if (length > 0)
            SendBuffer(length, Path);
    }
}
