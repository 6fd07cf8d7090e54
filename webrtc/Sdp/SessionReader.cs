namespace GoTo.WebRtc.Sdp;

/// <summary>Collects the session-level lines (RFC 8866 section 5).</summary>
internal sealed class SessionReader
{
    private readonly TransportReader _transport = new();
    private readonly List<IReadOnlyList<string>> _bundles = [];
    private bool _hasVersion;
    private bool _hasOrigin;
    private ulong _id;
    private ulong _version;
    private string? _connection;
    private bool _iceLite;
    private bool _iceTrickle;
    private bool _allowMixed;
    private TransceiverDirection? _direction;

    /// <summary>Whether v=, o= and s= have been read.</summary>
    public bool HasName { get; private set; }

    public void Read(SdpLine line)
    {
        switch (line.Type)
        {
            case 'v':
                if (_hasVersion || line.Value is not "0")
                    throw line.Malformed("the first line, and only it, is v=0");
                _hasVersion = true;
                break;
            case 'o':
                Require(line, "v", _hasVersion && !_hasOrigin);
                ReadOrigin(line);
                break;
            case 's':
                Require(line, "o", _hasOrigin && !HasName);
                HasName = true;
                break;
            case 'c':
                Require(line, "s", HasName);
                _connection = line.ConnectionAddress();
                break;
            case 't':
                Require(line, "s", HasName);
                ReadTime(line);
                break;
            case 'a':
                Require(line, "s", HasName);
                ReadAttribute(line);
                break;
            case 'i' or 'u' or 'e' or 'p' or 'b' or 'r' or 'z' or 'k':
                Require(line, "s", HasName);
                break;
            default:
                throw line.Malformed($"there is no {line.Type}= line in a session");
        }
    }

    public static void Require(SdpLine line, string before, bool satisfied)
    {
        if (!satisfied)
            throw line.Malformed($"{line.Type}= stands in its place after {before}=; the order is v=, o=, s=, others");
    }

    public SessionDescription Build(IReadOnlyList<MediaDescription> media)
    {
        var mids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var section in media)
        {
            if (section.Mid is not null && !mids.Add(section.Mid))
                throw new SdpException(SdpError.Malformed, "two sections have the same a=mid", section.Line);
        }
        return new SessionDescription
        {
            SessionId = _id,
            SessionVersion = _version,
            Connection = _connection,
            BundleGroups = _bundles,
            IceLite = _iceLite,
            IceTrickle = _iceTrickle,
            ExtMapAllowMixed = _allowMixed,
            Direction = _direction,
            Transport = _transport.Build(),
            Media = media,
        };
    }

    private void ReadOrigin(SdpLine line)
    {
        const string rule = "o= is \"username session-id version IN IP4|IP6 address\", id and version 64-bit numbers";
        var rest = line.Value;
        var username = SdpLine.NextField(ref rest);
        _id = line.Number64(SdpLine.NextField(ref rest), rule);
        _version = line.Number64(SdpLine.NextField(ref rest), rule);
        var network = SdpLine.NextField(ref rest);
        var type = SdpLine.NextField(ref rest);
        var address = SdpLine.NextField(ref rest);
        if (username.IsEmpty || network is not "IN" || type is not ("IP4" or "IP6") || address.IsEmpty)
            throw line.Malformed(rule);
        _hasOrigin = true;
    }

    private static void ReadTime(SdpLine line)
    {
        const string rule = "t= is two numbers";
        var rest = line.Value;
        line.Number64(SdpLine.NextField(ref rest), rule);
        line.Number64(SdpLine.NextField(ref rest), rule);
    }

    private void ReadAttribute(SdpLine line)
    {
        var (name, value) = SdpAttribute.Split(line);
        if (_transport.TryRead(line, name, value))
            return;
        switch (name)
        {
            case "group":
                ReadGroup(value);
                break;
            case "ice-lite":
                _iceLite = true;
                break;
            case "ice-options":
                _iceTrickle |= SdpAttribute.HasField(value, "trickle");
                break;
            case "extmap-allow-mixed":
                _allowMixed = true;
                break;
            default:
                _direction = SdpAttribute.Direction(name) ?? _direction;
                break;
        }
    }

    private void ReadGroup(ReadOnlySpan<char> value)
    {
        if (SdpLine.NextField(ref value) is not "BUNDLE")
            return;
        var mids = new List<string>();
        for (var mid = SdpLine.NextField(ref value); !mid.IsEmpty; mid = SdpLine.NextField(ref value))
            mids.Add(mid.ToString());
        _bundles.Add(mids);
    }
}

/// <summary>Collects the ICE and DTLS attributes of either level (RFC 8839 section 5, RFC 8122, RFC 4145).</summary>
internal sealed class TransportReader
{
    private readonly List<SdpFingerprint> _fingerprints = [];
    private readonly List<string> _candidates = [];
    private string? _ufrag;
    private string? _password;
    private SetupRole? _setup;
    private bool _endOfCandidates;

    public TransportDescription Build() => new()
    {
        IceUfrag = _ufrag,
        IcePassword = _password,
        Setup = _setup,
        Fingerprints = _fingerprints,
        Candidates = _candidates,
        EndOfCandidates = _endOfCandidates,
    };

    public bool TryRead(SdpLine line, ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        switch (name)
        {
            case "ice-ufrag":
                _ufrag = IceText(line, value, 4, "a=ice-ufrag has 4 to 256 letters, digits, '+' or '/'");
                return true;
            case "ice-pwd":
                _password = IceText(line, value, 22, "a=ice-pwd has 22 to 256 letters, digits, '+' or '/'");
                return true;
            case "fingerprint":
                _fingerprints.Add(Fingerprint(line, value));
                return true;
            case "setup":
                _setup = value switch
                {
                    "actpass" => SetupRole.ActPass,
                    "active" => SetupRole.Active,
                    "passive" => SetupRole.Passive,
                    _ => throw line.Malformed("a=setup is actpass, active or passive"),
                };
                return true;
            case "candidate":
                _candidates.Add($"candidate:{value}");
                return true;
            case "end-of-candidates":
                _endOfCandidates = true;
                return true;
            default:
                return false;
        }
    }

    private static string IceText(SdpLine line, ReadOnlySpan<char> value, int min, string rule)
    {
        if (value.Length < min || value.Length > 256)
            throw line.Malformed(rule);
        foreach (var c in value)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/'))
                throw line.Malformed(rule);
        }
        return value.ToString();
    }

    private static SdpFingerprint Fingerprint(SdpLine line, ReadOnlySpan<char> value)
    {
        const string rule = "a=fingerprint is a hash name and its bytes as hex pairs joined by ':'";
        var algorithm = line.Token(SdpLine.NextField(ref value), rule, 32).ToLowerInvariant();
        var hex = SdpLine.NextField(ref value);
        if (hex.IsEmpty || hex.Length % 3 != 2 || !value.Trim(' ').IsEmpty)
            throw line.Malformed(rule);
        for (var i = 0; i < hex.Length; i++)
        {
            if (i % 3 == 2 ? hex[i] != ':' : !char.IsAsciiHexDigit(hex[i]))
                throw line.Malformed(rule);
        }
        var expected = algorithm switch
        {
            "md5" => 16,
            "sha-1" => 20,
            "sha-224" => 28,
            "sha-256" => 32,
            "sha-384" => 48,
            "sha-512" => 64,
            _ => 0,
        };
        if (expected != 0 && (hex.Length + 1) / 3 != expected)
            throw line.Malformed($"a {algorithm} fingerprint has {expected} bytes");
        return new SdpFingerprint(algorithm, hex.ToString().ToUpperInvariant());
    }
}
