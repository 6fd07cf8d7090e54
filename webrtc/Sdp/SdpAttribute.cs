namespace GoTo.WebRtc.Sdp;

/// <summary>Readings of single a= lines.</summary>
internal static class SdpAttribute
{
    /// <summary>A name and a value, as spans.</summary>
    public readonly ref struct NameValue(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        private readonly ReadOnlySpan<char> _name = name;
        private readonly ReadOnlySpan<char> _value = value;

        public void Deconstruct(out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
        {
            name = _name;
            value = _value;
        }
    }

    /// <summary>Splits "a=name" and "a=name:value".</summary>
    public static NameValue Split(SdpLine line)
    {
        var colon = line.Value.IndexOf(':');
        var name = colon < 0 ? line.Value : line.Value[..colon];
        if (name.IsEmpty)
            throw line.Malformed("an attribute has a name");
        return new NameValue(name, colon < 0 ? [] : line.Value[(colon + 1)..].Trim(' '));
    }

    public static TransceiverDirection? Direction(ReadOnlySpan<char> name) => name switch
    {
        "sendrecv" => TransceiverDirection.SendRecv,
        "sendonly" => TransceiverDirection.SendOnly,
        "recvonly" => TransceiverDirection.RecvOnly,
        "inactive" => TransceiverDirection.Inactive,
        _ => null,
    };

    public static bool HasField(ReadOnlySpan<char> value, string wanted)
    {
        for (var field = SdpLine.NextField(ref value); !field.IsEmpty; field = SdpLine.NextField(ref value))
        {
            if (field.SequenceEqual(wanted))
                return true;
        }
        return false;
    }

    public static byte PayloadType(SdpLine line, ref ReadOnlySpan<char> value, string attribute)
        => (byte)line.Number32(
            SdpLine.NextField(ref value), 0, 127, $"a={attribute} starts with a payload type, 0 to 127");

    /// <summary>RFC 8866 section 6.6: payload type, encoding/clock[/channels].</summary>
    public static RtpMap RtpMap(SdpLine line, ReadOnlySpan<char> value)
    {
        const string rule = "a=rtpmap is \"payload-type encoding/clock-rate[/channels]\"";
        var payloadType = PayloadType(line, ref value, "rtpmap");
        var encoding = value.Trim(' ');
        var slash = encoding.IndexOf('/');
        if (slash <= 0)
            throw line.Malformed(rule);
        var clock = encoding[(slash + 1)..];
        var channels = 1u;
        if (clock.IndexOf('/') is >= 0 and var second)
        {
            channels = line.Number32(clock[(second + 1)..], 1, 255, rule);
            clock = clock[..second];
        }
        return new RtpMap(
            payloadType, line.Token(encoding[..slash], rule, 64), (int)line.Number32(clock, 1, int.MaxValue, rule),
            (int)channels);
    }

    /// <summary>RFC 8285 section 8: id[/direction] URI [attributes].</summary>
    public static ExtMap ExtMap(SdpLine line, ReadOnlySpan<char> value)
    {
        const string rule = "a=extmap is \"id[/direction] URI\", id 1 to 255 or 4096 to 4351";
        var id = SdpLine.NextField(ref value);
        TransceiverDirection? direction = null;
        if (id.IndexOf('/') is >= 0 and var slash)
        {
            direction = Direction(id[(slash + 1)..]) ?? throw line.Malformed(rule);
            id = id[..slash];
        }
        var number = line.Number32(id, 1, 4351, rule);
        var uri = SdpLine.NextField(ref value);
        if (uri.IsEmpty || number is > 255 and < 4096)
            throw line.Malformed(rule);
        return new ExtMap((int)number, uri.ToString(), direction);
    }

    /// <summary>RFC 8830 section 2: stream id and, mostly, track id.</summary>
    public static MediaStreamId Msid(SdpLine line, ReadOnlySpan<char> value)
    {
        var stream = SdpLine.NextField(ref value);
        if (stream.IsEmpty)
            throw line.Malformed("a=msid names a stream, or \"-\" for none");
        var track = SdpLine.NextField(ref value);
        return new MediaStreamId(stream.ToString(), track.IsEmpty ? null : track.ToString());
    }
}
