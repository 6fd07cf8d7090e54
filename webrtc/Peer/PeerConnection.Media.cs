using GoTo.WebRtc.Mixing;
using GoTo.WebRtc.Rtp;
using GoTo.WebRtc.Srtp;

namespace GoTo.WebRtc.Peer;

/// <summary>RTP in and out. Hot: allocates nothing per packet.</summary>
internal sealed partial class PeerConnection
{
    // Packets that came before the keys: the remote side may send the moment its own handshake ends. If its last flight
    // is lost, ours takes until DTLS has repeated it, once (0.3 s) or twice (0.9 s): a second of audio is kept.
    private const int MaxEarlyPackets = 50;

    private readonly SourceMap _sources = new();
    private readonly List<(byte[] Packet, long ReceivedAt)> _earlyPackets = [];
    private SrtpSession? _srtp;
    private long _unauthenticated;
    private long _replayed;
    private long _dropped;

    public void OnRtp(Span<byte> packet, long now, long receivedAt)
    {
        if (_srtp is null)
        {
            if (_earlyPackets.Count < MaxEarlyPackets && !IsOver)
                _earlyPackets.Add((packet.ToArray(), receivedAt));
            else
                Drop();
            return;
        }

        var result = _srtp.UnprotectRtp(packet, out var length);
        if (result != SrtpResult.Ok)
        {
            Count(result);
            return;
        }

        Ice!.OnTraffic(now);
        packet = packet[..length];
        if (!RtpHeader.TryParse(packet, out var header) || _sources.Find(packet, header) is not { } stream)
        {
            Drop();
            return;
        }

        var payload = header.PayloadOf(packet);
        if (stream.Receiver is { Tap: not null, Transceiver.Line.AudioLevelExtension: > 0 and var id }
            && RtpHeaderExtensions.TryGet(packet, header, id, out var level) && level.Length > 0)
            header = header with { AudioLevel = (byte)(level[0] & 0x7F) };
        if (stream.Receive(header, payload, now, receivedAt))
            _events.OnFirstPacket(stream.Receiver.Transceiver);
    }

    /// <summary>The threads that transcode and mix.</summary>
    public CodecPool Codecs => _factory.Codecs;

    /// <summary>Says that there is no mixing for this sender, and why.</summary>
    public void ReportNoMix(AudioTransceiver transceiver, MixRefusal why)
    {
        _logger.NoMix(
            Name,
            why == MixRefusal.NoLibopus
                ? "libopus is not on this machine: install it (Debian: libopus0)."
                : "All codec threads have as many legs as they take.");
        _events.OnMixRefused(transceiver, why);
    }

    /// <summary>Tells the application of a digit.</summary>
    public void ReportDtmf(AudioTransceiver transceiver, char digit) => _events.OnDtmf(transceiver, digit);

    /// <summary>Whether the peer can send on this line now.</summary>
    public bool CanSend(MediaLine? line) => line is { Sends: true } && _srtp is not null && !IsOver
        && Path.Remote.IsSpecified;

    /// <summary>Counts a packet that was not delivered or passed on.</summary>
    public void Drop()
    {
        _dropped++;
        Shard.Counters.Other++;
    }

    /// <summary>Builds, protects and sends an RTP packet; call when <see cref="CanSend"/>.</summary>
    /// <returns>False when it was not sent.</returns>
    public bool SendRtp(in RtpHeader header, MediaLine line, bool withMid, ReadOnlySpan<byte> payload)
    {
        var buffer = Shard.NextBuffer();
        var length = withMid && line.MidExtension != 0
            ? RtpWriter.WriteHeader(buffer, header, line.MidExtension, line.MidBytes)
            : RtpWriter.WriteHeader(buffer, header);
        if (length + payload.Length + SrtpSession.MaxOverhead > buffer.Length)
            return false;
        payload.CopyTo(buffer[length..]);
        length = _srtp!.ProtectRtp(buffer, length + payload.Length);
        if (length == 0)
            return false;
        SendBuffer(length, Path);
        return true;
    }

    private void PlayEarlyMedia()
    {
        foreach (var (packet, receivedAt) in _earlyPackets)
            OnRtp(packet, Shard.Now, receivedAt);
        _earlyPackets.Clear();
    }

    private void Count(SrtpResult result)
    {
        switch (result)
        {
            case SrtpResult.AuthenticationFailed:
                _unauthenticated++;
                Shard.Counters.Unauthenticated++;
                break;
            case SrtpResult.Replayed:
                _replayed++;
                Shard.Counters.Replayed++;
                break;
            default:
                Drop();
                break;
        }
    }

    /// <summary>Nothing is received, sent or forwarded from now on.</summary>
    private void StopMedia()
    {
        foreach (var transceiver in _transceivers)
        {
            transceiver.Receiver.Stream.StopForwarding();
            transceiver.Sender.Stream.Stop($"Peer {Name} ended before all digits were sent.");
        }

        _reports.Stop();
        _earlyPackets.Clear();
        _srtp?.Dispose();
        _srtp = null;
    }
}
