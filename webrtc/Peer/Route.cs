using GoTo.WebRtc.Mixing;

namespace GoTo.WebRtc.Peer;

/// <summary>The way from a receiver to a sender that it feeds, with the payload types on both sides of it.</summary>
internal sealed class Route(InboundStream from, OutboundStream to)
{
    // 20 ms of speech in Opus take more bytes, at the lowest of its rates; silence and comfort noise take fewer.
    private const int MaxSilentOpus = 8;

    // About -54 dB below full scale.
    private const int MaxSilentSample = 64;

    private readonly sbyte[] _payloadTypes = new sbyte[128];
    private MediaLine? _mappedFrom;
    private MediaLine? _mappedTo;
    private LegMix? _mix;
    private MixInput? _input;
    private uint? _event;

    public InboundStream From => from;

    public OutboundStream To => to;

    /// <summary>When something was last said; used while there are several sources.</summary>
    public long HeardAt { get; private set; } = long.MinValue / 2;

    /// <summary>Whether what was last received can be passed on as it is.</summary>
    public bool IsOurs { get; private set; }

    /// <summary>The timestamp under which the telephone event that is under way is sent.</summary>
    public uint EventTimestamp { get; set; }

    /// <summary>The payload type that a received one is sent under, or <see cref="MediaLine.None"/>.</summary>
    public int Map(MediaLine source, MediaLine line, byte payloadType)
    {
        if (_mappedFrom != source || _mappedTo != line)
        {
            source.MapPayloadTypes(line, _payloadTypes);
            (_mappedFrom, _mappedTo) = (source, line);
        }

        return _payloadTypes[payloadType];
    }

    /// <summary>Notes a packet, and whether something is said in it.</summary>
    public void Hear(AudioCodec codec, bool isOurs, ReadOnlySpan<byte> payload, long now)
    {
        IsOurs = isOurs;
        if (IsAudible(codec, payload) && _input is not { IsQuiet: true })
            HeardAt = now;
    }

    /// <summary>It was the only source so far, and counts as speaking: who comes after does not take its place.</summary>
    public void HoldFloor(long now) => HeardAt = now;

    /// <summary>Where the packets go to be mixed.</summary>
    /// <exception cref="OpusUnavailableException">libopus is needed and not on this machine.</exception>
    public MixInput InputOf(LegMix mix, AudioCodec codec)
    {
        if (_input is { } input && _mix == mix && input.Codec == codec)
            return input;
        ForgetInput();
        _mix = mix;
        return _input = mix.Add(codec);
    }

    /// <summary>The packets are mixed no more.</summary>
    public void ForgetInput()
    {
        if (_input is not null)
            _mix!.Remove(_input);
        (_mix, _input) = (null, null);
    }

    /// <summary>Whether a telephone event begins with the packet (RFC 4733: a new timestamp).</summary>
    public bool BeginsEvent(in RtpHeader header)
    {
        if (_event == header.Timestamp)
            return false;
        _event = header.Timestamp;
        return true;
    }

    private static bool IsAudible(AudioCodec codec, ReadOnlySpan<byte> payload)
    {
        if (codec == AudioCodec.Opus)
            return payload.Length > MaxSilentOpus;
        foreach (var code in payload)
        {
            if (Math.Abs(G711.Decode(codec, code)) > MaxSilentSample)
                return true;
        }

        return false;
    }
}
