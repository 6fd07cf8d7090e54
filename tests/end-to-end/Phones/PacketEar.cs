using GoTo.Tones;
using GoTo.WebRtc;

namespace GoTo.EndToEnd.Tests.Phones;

/// <summary>Hears pitches, and keeps the packets that they came in.</summary>
internal sealed class PacketEar(params double[] pitches) : IRtpTap, IDisposable
{
    private readonly ToneDetector _tones = new(pitches);
    private readonly List<HeardPacket> _packets = [];

    public IReadOnlyList<double> Hearing => _tones.Hearing;

    /// <summary>What has been received so far, as it came.</summary>
    public IReadOnlyList<HeardPacket> Packets
    {
        get
        {
            lock (_packets) return [.. _packets];
        }
    }

    public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt)
    {
        lock (_packets)
            _packets.Add(new HeardPacket(header.SequenceNumber, header.Timestamp, Convert.ToHexString(payload)));
        _tones.OnRtp(header, payload, receivedAt);
    }

    public void Dispose() => _tones.Dispose();
}

/// <summary>An RTP packet that was received.</summary>
/// <param name="SequenceNumber">Its sequence number.</param>
/// <param name="Timestamp">Its timestamp.</param>
/// <param name="Payload">Its payload in hexadecimal, so that two can be compared.</param>
internal sealed record HeardPacket(ushort SequenceNumber, uint Timestamp, string Payload);
