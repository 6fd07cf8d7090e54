using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using GoTo.WebRtc;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Rtp;

namespace GoTo.Bench;

/// <summary>
/// <c>rtp</c>: what a packet costs before and after its cryptography: telling what a datagram is, and giving an RTP
/// packet the numbers and the header of another stream. A packet of 92 bytes is 80 of Opus.
/// </summary>
[MemoryDiagnoser]
public class RtpBenchmarks
{
    private readonly byte[] _packet = new byte[92];
    private readonly byte[] _sent = new byte[1_500];
    private readonly RtpRewriter _rewriter = new(7, 48_000, 1, 1);
    private ushort _sequence;
    private long _now;

    /// <summary>Makes the packet.</summary>
    [GlobalSetup]
    public void Setup() => (_packet[0], _packet[1], _packet[11]) = (0x80, 111, 9);

    /// <summary>Tells STUN, DTLS, RTP and RTCP apart (RFC 7983).</summary>
    /// <returns>What it is.</returns>
    [Benchmark]
    public int Demultiplex() => (int)Demux.Classify(_packet);

    /// <summary>Reads the header, maps it, and writes the new one with the payload.</summary>
    /// <returns>The packet's length; a wrong result fails the run.</returns>
    [Benchmark]
    public int Rewrite()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequence++);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), _sequence * 960u);
        _now += 20 * TimeSpan.TicksPerMillisecond;
        if (!RtpHeader.TryParse(_packet, out var header) || !_rewriter.TryRewrite(header, 96, _now, out var rewritten))
            throw new InvalidOperationException("The packet was not taken.");
        var payload = header.PayloadOf(_packet);
        var length = RtpWriter.WriteHeader(_sent, rewritten);
        payload.CopyTo(_sent.AsSpan(length));
        return length + payload.Length;
    }
}
