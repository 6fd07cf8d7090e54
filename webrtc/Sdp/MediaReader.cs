namespace GoTo.WebRtc.Sdp;

/// <summary>
/// Collects the lines of one m= section (RFC 8866 section 5.14). Of sections other than audio and data channels, which
/// are refused in any case, only what the refusal repeats is read.
/// </summary>
internal sealed class MediaReader
{
    private readonly TransportReader _transport = new();
    private readonly List<string> _formats = [];
    private readonly List<RtpMap> _rtpMaps = [];
    private readonly List<FormatParameters> _formatParameters = [];
    private readonly List<ExtMap> _extMaps = [];
    private readonly List<SsrcDescription> _ssrcs = [];
    private readonly string _kind;
    private readonly int _port;
    private readonly string _protocol;
    private readonly int _line;
    private string? _connection;
    private string? _mid;
    private bool _bundleOnly;
    private TransceiverDirection? _direction;
    private bool _rtcpMux;
    private bool _rtcpReducedSize;
    private ushort? _sctpPort;
    private long? _maxMessageSize;
    private MediaStreamId? _msid;
    private MediaStreamId? _ssrcMsid;

    /// <summary>Starts a section with its m= line.</summary>
    public MediaReader(SdpLine line)
    {
        const string rule = "m= is \"media port protocol format...\", port 0 to 65535";
        var rest = line.Value;
        _line = line.Number;
        _kind = line.Token(SdpLine.NextField(ref rest), rule, 32);
        var port = SdpLine.NextField(ref rest);
        var slash = port.IndexOf('/');
        _port = (int)line.Number32(slash < 0 ? port : port[..slash], 0, 65535, rule);
        var protocol = SdpLine.NextField(ref rest);
        foreach (var part in protocol.Split('/'))
            line.Token(protocol[part], rule);
        _protocol = protocol.ToString();
        for (var format = SdpLine.NextField(ref rest); !format.IsEmpty; format = SdpLine.NextField(ref rest))
        {
            if (IsAudio)
                line.Number32(format, 0, 127, "the formats of an audio section are payload types, 0 to 127");
            _formats.Add(line.Token(format, rule));
        }
        if (_formats.Count == 0)
            throw line.Malformed(rule);
    }

    private bool IsAudio => _kind == "audio";

    private bool IsData => _kind == "application";

    public void Read(SdpLine line)
    {
        switch (line.Type)
        {
            case 'c':
                _connection = line.ConnectionAddress();
                break;
            case 'a':
                ReadAttribute(line);
                break;
            case 'i' or 'b' or 'k':
                break;
            default:
                throw line.Malformed($"there is no {line.Type}= line in a media section");
        }
    }

    public MediaDescription Build() => new()
    {
        Kind = _kind,
        Port = _port,
        Protocol = _protocol,
        Formats = _formats,
        Connection = _connection,
        Mid = _mid,
        BundleOnly = _bundleOnly,
        Direction = _direction,
        Transport = _transport.Build(),
        RtcpMux = _rtcpMux,
        RtcpReducedSize = _rtcpReducedSize,
        RtpMaps = _rtpMaps,
        FormatParameters = _formatParameters,
        ExtMaps = _extMaps,
        Msid = _msid ?? _ssrcMsid,
        Ssrcs = _ssrcs,
        SctpPort = _sctpPort,
        MaxMessageSize = _maxMessageSize,
        Line = _line,
    };

    private void ReadAttribute(SdpLine line)
    {
        var (name, value) = SdpAttribute.Split(line);
        switch (name)
        {
            case "mid":
                if (_mid is not null)
                    throw line.Malformed("a section has one a=mid");
                _mid = line.Token(value, "a=mid is a token of at most 64 characters", 64);
                return;
            case "bundle-only":
                _bundleOnly = true;
                return;
        }
        if (!IsAudio && !IsData || _transport.TryRead(line, name, value))
            return;
        if (IsData)
        {
            ReadDataAttribute(line, name, value);
            return;
        }
        switch (name)
        {
            case "rtcp-mux":
                _rtcpMux = true;
                break;
            case "rtcp-rsize":
                _rtcpReducedSize = true;
                break;
            case "rtpmap":
                _rtpMaps.Add(SdpAttribute.RtpMap(line, value));
                break;
            case "fmtp":
                var payloadType = SdpAttribute.PayloadType(line, ref value, "fmtp");
                _formatParameters.Add(new FormatParameters(payloadType, value.Trim(' ').ToString()));
                break;
            case "extmap":
                _extMaps.Add(SdpAttribute.ExtMap(line, value));
                break;
            case "msid":
                // Further lines name further streams of the same track (RFC 8830 section 2).
                _msid ??= SdpAttribute.Msid(line, value);
                break;
            case "ssrc":
                ReadSsrc(line, value);
                break;
            default:
                _direction = SdpAttribute.Direction(name) ?? _direction;
                break;
        }
    }

    private void ReadDataAttribute(SdpLine line, ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "sctp-port":
                _sctpPort = (ushort)line.Number32(value, 1, ushort.MaxValue, "a=sctp-port is a port, 1 to 65535");
                break;
            case "max-message-size":
                _maxMessageSize = (long)Math.Min(
                    line.Number64(value, "a=max-message-size is a number of bytes"), long.MaxValue);
                break;
        }
    }

    private void ReadSsrc(SdpLine line, ReadOnlySpan<char> value)
    {
        const string rule = "a=ssrc is a 32-bit number and an attribute";
        var ssrc = line.Number32(SdpLine.NextField(ref value), 0, uint.MaxValue, rule);
        value = value.Trim(' ');
        if (value.IsEmpty)
            throw line.Malformed(rule);
        var cname = value.StartsWith("cname:") ? value[6..].ToString() : null;
        // Before a=msid was settled, browsers put it here.
        if (value.StartsWith("msid:"))
            _ssrcMsid ??= SdpAttribute.Msid(line, value[5..]);
        var index = _ssrcs.FindIndex(known => known.Ssrc == ssrc);
        if (index < 0)
            _ssrcs.Add(new SsrcDescription(ssrc, cname));
        else if (cname is not null)
            _ssrcs[index] = new SsrcDescription(ssrc, cname);
    }
}
