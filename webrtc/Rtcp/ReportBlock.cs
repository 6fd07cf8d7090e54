namespace GoTo.WebRtc.Rtcp;

/// <summary>A report block of an SR or RR (RFC 3550 section 6.4.1).</summary>
/// <param name="Ssrc">The source reported on.</param>
/// <param name="FractionLost">Loss since the last report, in 1/256.</param>
/// <param name="CumulativeLost">Packets lost since the start; 24 bits signed.</param>
/// <param name="ExtendedHighestSequence">Highest sequence number with its cycles.</param>
/// <param name="Jitter">In the RTP clock.</param>
/// <param name="LastSenderReport">Middle 32 bits of the last SR's NTP time; 0 if none was received.</param>
/// <param name="DelaySinceLastSenderReport">In 1/65536 s.</param>
internal readonly record struct ReportBlock(
    uint Ssrc, byte FractionLost, int CumulativeLost, uint ExtendedHighestSequence, uint Jitter, uint LastSenderReport,
    uint DelaySinceLastSenderReport);

/// <summary>The sender information of an SR (RFC 3550 section 6.4.1).</summary>
/// <param name="NtpTimestamp">Wall-clock time, 32.32 fixed point since 1900.</param>
/// <param name="RtpTimestamp">The same moment in the RTP clock.</param>
/// <param name="PacketCount">Packets sent, modulo 2^32.</param>
/// <param name="OctetCount">Payload bytes sent, modulo 2^32.</param>
internal readonly record struct SenderInfo(ulong NtpTimestamp, uint RtpTimestamp, uint PacketCount, uint OctetCount);
