namespace GoTo.WebRtc.Sdp;

/// <summary>A session description (RFC 8866) as WebRTC uses it (RFC 9429).</summary>
internal sealed record SessionDescription
{
    /// <summary>o= session id; kept below 2^62 because Firefox refuses more.</summary>
    public ulong SessionId { get; init; }

    public ulong SessionVersion { get; init; } = 1;

    /// <summary>Address of the session's c= line.</summary>
    public string? Connection { get; init; }

    /// <summary>Mids of each a=group:BUNDLE, in order; the first accepted section carries the transport.</summary>
    public IReadOnlyList<IReadOnlyList<string>> BundleGroups { get; init; } = [];

    public bool IceLite { get; init; }
    public bool IceTrickle { get; init; }
    public bool ExtMapAllowMixed { get; init; }
    public TransceiverDirection? Direction { get; init; }

    /// <summary>Session-level ICE and DTLS attributes: defaults for every section.</summary>
    public TransportDescription Transport { get; init; } = TransportDescription.Empty;

    public IReadOnlyList<MediaDescription> Media { get; init; } = [];

    /// <summary>Parses the text; a bounded, linear reading.</summary>
    /// <exception cref="SdpException">A line is malformed or a limit is passed.</exception>
    public static SessionDescription Parse(string text) => SdpParser.Parse(text);

    /// <summary>The text, with CRLF line ends.</summary>
    public override string ToString() => SdpWriter.Write(this);
}
