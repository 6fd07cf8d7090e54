namespace GoTo.WebRtc.Sdp;

/// <summary>One m= section with the attributes this engine understands; all others are dropped by the parser.</summary>
internal sealed record MediaDescription
{
    /// <summary>Media type: "audio", "video", "application", ...</summary>
    public required string Kind { get; init; }

    /// <summary>0 rejects the section, unless <see cref="BundleOnly"/>.</summary>
    public int Port { get; init; } = 9;

    public string Protocol { get; init; } = "UDP/TLS/RTP/SAVPF";

    /// <summary>The formats of the m= line as written; payload types for RTP.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>Address of the section's c= line.</summary>
    public string? Connection { get; init; }

    public string? Mid { get; init; }
    public bool BundleOnly { get; init; }
    public TransceiverDirection? Direction { get; init; }
    public TransportDescription Transport { get; init; } = TransportDescription.Empty;
    public bool RtcpMux { get; init; }
    public bool RtcpReducedSize { get; init; }
    public IReadOnlyList<RtpMap> RtpMaps { get; init; } = [];
    public IReadOnlyList<FormatParameters> FormatParameters { get; init; } = [];
    public IReadOnlyList<ExtMap> ExtMaps { get; init; } = [];
    public MediaStreamId? Msid { get; init; }
    public IReadOnlyList<SsrcDescription> Ssrcs { get; init; } = [];

    /// <summary>a=sctp-port (RFC 8841 section 5).</summary>
    public ushort? SctpPort { get; init; }

    /// <summary>a=max-message-size (RFC 8841 section 6), in bytes; 0 is any size.</summary>
    public long? MaxMessageSize { get; init; }

    /// <summary>1-based line of the m= line in the parsed text; 0 if made here.</summary>
    public int Line { get; init; }

    /// <summary>Whether the section is refused or removed: port 0 and not bundle-only (RFC 9143 section 6).</summary>
    public bool Rejected => Port == 0 && !BundleOnly;

    public bool IsAudio => Kind == "audio";

    /// <summary>The format of data channels (RFC 8841 section 4.3).</summary>
    public const string DataChannelFormat = "webrtc-datachannel";

    /// <summary>Whether the section is of data channels.</summary>
    public bool IsData => Kind == "application" && Protocol is "UDP/DTLS/SCTP" or "TCP/DTLS/SCTP"
        && Formats is [DataChannelFormat, ..];
}

/// <summary>ICE and DTLS attributes, which stand at session or at media level.</summary>
internal sealed record TransportDescription
{
    public static TransportDescription Empty { get; } = new();

    public string? IceUfrag { get; init; }
    public string? IcePassword { get; init; }
    public IReadOnlyList<SdpFingerprint> Fingerprints { get; init; } = [];
    public SetupRole? Setup { get; init; }

    /// <summary>Candidates as "candidate:...", without "a=".</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    public bool EndOfCandidates { get; init; }
}

/// <summary>a=setup (RFC 4145 section 4, RFC 5763 section 5): Active is the DTLS client, Passive the server.</summary>
internal enum SetupRole
{
    ActPass,
    Active,
    Passive,
}

/// <summary>a=fingerprint (RFC 8122 section 5).</summary>
/// <param name="Algorithm">Hash name in lower case, such as "sha-256".</param>
/// <param name="Value">Upper-case hex bytes joined by colons.</param>
internal sealed record SdpFingerprint(string Algorithm, string Value)
{
    public byte[] ToBytes() => Convert.FromHexString(Value.Replace(":", "", StringComparison.Ordinal));

    public override string ToString() => $"{Algorithm} {Value}";
}

/// <summary>a=rtpmap (RFC 8866 section 6.6).</summary>
internal sealed record RtpMap(byte PayloadType, string Encoding, int ClockRate, int Channels = 1);

/// <summary>a=fmtp (RFC 8866 section 6.15).</summary>
internal sealed record FormatParameters(byte PayloadType, string Parameters);

/// <summary>a=extmap (RFC 8285 section 8).</summary>
internal sealed record ExtMap(int Id, string Uri, TransceiverDirection? Direction = null)
{
    public const string Mid = "urn:ietf:params:rtp-hdrext:sdes:mid";
    public const string AudioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
}

/// <summary>a=msid (RFC 8830): stream "-" means none; the track may be missing.</summary>
internal sealed record MediaStreamId(string Stream, string? Track);

/// <summary>The a=ssrc lines of one SSRC (RFC 5576).</summary>
internal sealed record SsrcDescription(uint Ssrc, string? Cname);
