using GoTo.WebRtc.Rtp;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// Which transceiver a received SSRC belongs to (RFC 9143 section 9.2): by the MID header extension, by a=ssrc of the
/// description, or by a payload type that only one m-line has.
/// </summary>
internal sealed class SourceMap
{
    // As many sources as SRTP keeps state for.
    private const int MaxSources = Srtp.SrtpSession.MaxSources;

    private readonly Dictionary<uint, InboundStream> _bySsrc = [];
    private IReadOnlyList<AudioTransceiver> _transceivers = [];

    // Nearly every packet is of the source that the one before it was of.
    private uint _lastSsrc;
    private InboundStream? _last;

    /// <summary>Takes the lines of a new exchange; what packets have taught stays, where it still holds.</summary>
    public void OnNegotiated(IReadOnlyList<AudioTransceiver> transceivers)
    {
        _transceivers = transceivers;
        _last = null;
        foreach (var (ssrc, stream) in _bySsrc)
        {
            if (stream.Line is not { Receives: true })
                _bySsrc.Remove(ssrc);
        }

        foreach (var transceiver in transceivers)
        {
            if (transceiver.Line is not { Receives: true } line)
                continue;
            foreach (var ssrc in line.RemoteSsrcs)
                Learn(ssrc, transceiver.Receiver.Stream);
        }
    }

    /// <summary>The stream that an authenticated packet belongs to; none if that cannot be told.</summary>
    public InboundStream? Find(ReadOnlySpan<byte> packet, in RtpHeader header)
    {
        var stream = header.Ssrc == _lastSsrc ? _last : null;
        if (stream is not null || _bySsrc.TryGetValue(header.Ssrc, out stream))
        {
            (_lastSsrc, _last) = (header.Ssrc, stream);
            return stream.Line is { Receives: true } ? stream : null;
        }

        stream = ByMid(packet, header) ?? ByPayloadType(header.PayloadType);
        if (stream is not null)
            Learn(header.Ssrc, stream);
        return stream;
    }

    /// <summary>The stream of a known SSRC.</summary>
    public InboundStream? At(uint ssrc) => _bySsrc.GetValueOrDefault(ssrc);

    /// <summary>Forgets a source that said BYE.</summary>
    public void Remove(uint ssrc)
    {
        _last = null;
        _bySsrc.Remove(ssrc);
    }

    private void Learn(uint ssrc, InboundStream stream)
    {
        if (_bySsrc.Count < MaxSources || _bySsrc.ContainsKey(ssrc))
            _bySsrc[ssrc] = stream;
    }

    private InboundStream? ByMid(ReadOnlySpan<byte> packet, in RtpHeader header)
    {
        foreach (var transceiver in _transceivers)
        {
            if (transceiver.Line is { Receives: true, MidExtension: > 0 } line
                && RtpHeaderExtensions.TryGet(packet, header, line.MidExtension, out var mid)
                && mid.SequenceEqual(line.MidBytes))
                return transceiver.Receiver.Stream;
        }

        return null;
    }

    private InboundStream? ByPayloadType(byte payloadType)
    {
        InboundStream? only = null;
        foreach (var transceiver in _transceivers)
        {
            if (transceiver.Line is not { Receives: true } line || !line.Accepts(payloadType))
                continue;
            if (only is not null)
                return null;
            only = transceiver.Receiver.Stream;
        }

        return only;
    }
}
