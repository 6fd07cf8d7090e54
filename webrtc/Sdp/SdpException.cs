namespace GoTo.WebRtc;

/// <summary>Why a session description was refused.</summary>
public enum SdpError
{
    /// <summary>A line breaks the grammar of RFC 8866 or of the attribute's own specification.</summary>
    Malformed,

    /// <summary>The description is larger than the limits: 32 KiB, 256 lines a section, 32 sections.</summary>
    TooLarge,

    /// <summary>No audio section is left that could be accepted.</summary>
    NoAudio,

    /// <summary>The two sides share none of Opus, PCMU and PCMA.</summary>
    NoCommonCodec,

    /// <summary>The peer does not multiplex RTP and RTCP on one port (a=rtcp-mux, RFC 5761).</summary>
    RtcpMuxRequired,

    /// <summary>The peer keeps several audio sections on different transports (RFC 9143).</summary>
    BundleRequired,

    /// <summary>a=ice-ufrag or a=ice-pwd is missing.</summary>
    NoIceCredentials,

    /// <summary>Both sides are ice-lite, so that neither would check whether a path works (RFC 8445 section 2.5).</summary>
    BothIceLite,

    /// <summary>There is no a=fingerprint, or none with an algorithm stronger than SHA-1 (RFC 8122).</summary>
    NoFingerprint,

    /// <summary>The a=setup value does not go with ours, or would change the DTLS role of a running session.</summary>
    SetupConflict,

    /// <summary>The answer does not fit the offer: other number or order of sections, other mids.</summary>
    AnswerMismatch,

    /// <summary>The re-offer does not extend the running session: sections are missing or reordered.</summary>
    OfferMismatch,
}

/// <summary>
/// A session description is malformed or cannot be accepted. The message says which rule was broken and, where one line
/// is to blame, its number; it never repeats the line, which may hold ICE passwords.
/// </summary>
public sealed class SdpException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="error">What kind of refusal this is.</param>
    /// <param name="rule">The broken rule, as a sentence a caller can act on.</param>
    /// <param name="line">1-based number of the line, or 0 if no single line is to blame.</param>
    public SdpException(SdpError error, string rule, int line = 0)
        : base(line > 0 ? $"SDP line {line}: {rule}" : $"SDP: {rule}")
    {
        Error = error;
        Rule = rule;
        Line = line;
    }

    /// <summary>What kind of refusal this is.</summary>
    public SdpError Error { get; }

    /// <summary>The broken rule.</summary>
    public string Rule { get; }

    /// <summary>1-based number of the line to blame, or 0 if there is no single one.</summary>
    public int Line { get; }
}
