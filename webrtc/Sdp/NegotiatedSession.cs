namespace GoTo.WebRtc.Sdp;

/// <summary>The outcome of one offer/answer exchange: all that the peer needs to know.</summary>
internal sealed record NegotiatedSession
{
    public required string RemoteIceUfrag { get; init; }
    public required string RemoteIcePassword { get; init; }
    public required bool RemoteIceLite { get; init; }

    /// <summary>Candidates as "candidate:...", in the order of the description.</summary>
    public required IReadOnlyList<string> RemoteCandidates { get; init; }

    public required bool RemoteEndOfCandidates { get; init; }

    /// <summary>SHA-256 or stronger; the certificate may match any of them.</summary>
    public required IReadOnlyList<SdpFingerprint> RemoteFingerprints { get; init; }

    /// <summary>Our DTLS role: Active = client, Passive = server. Never ActPass.</summary>
    public required SetupRole LocalSetup { get; init; }

    /// <summary>Whether the remote ICE credentials changed since the last exchange (RFC 8839 section 4.4).</summary>
    public required bool RemoteIceRestart { get; init; }

    /// <summary>Every m-line in order, the rejected ones too.</summary>
    public required IReadOnlyList<NegotiatedMedia> Media { get; init; }

    /// <summary>What holds for data channels; null when there are none.</summary>
    public NegotiatedData? Data => Media.FirstOrDefault(line => line.Data is not null)?.Data;
}

/// <summary>The outcome for one m-line.</summary>
internal sealed record NegotiatedMedia
{
    /// <summary>Position of the m-line, from 0.</summary>
    public required int Index { get; init; }

    public required string Kind { get; init; }
    public required string Protocol { get; init; }

    /// <summary>The section's first format, all that a rejected section has to repeat.</summary>
    public required string FirstFormat { get; init; }

    /// <summary>The mid; the position in decimals if the description has none.</summary>
    public required string Mid { get; init; }
    public required bool Accepted { get; init; }

    /// <summary>Seen from this side; Inactive if not accepted.</summary>
    public TransceiverDirection Direction { get; init; } = TransceiverDirection.Inactive;

    /// <summary>What was agreed for data channels; null for other lines.</summary>
    public NegotiatedData? Data { get; init; }

    /// <summary>This side's line, with its mid set; null if not accepted, or not audio.</summary>
    public LocalAudio? Local { get; init; }

    /// <summary>Codec and payload type to send with.</summary>
    public PayloadFormat? Send { get; init; }

    /// <summary>What the remote may send, best first.</summary>
    public IReadOnlyList<PayloadFormat> Receive { get; init; } = [];

    /// <summary>telephone-event (RFC 4733) at the send codec's clock: the payload type to send with.</summary>
    public byte? SendTelephoneEvent { get; init; }

    /// <summary>telephone-event payload types the remote may send, with their clocks.</summary>
    public IReadOnlyList<RtpMap> ReceiveTelephoneEvents { get; init; } = [];

    /// <summary>Header extension id of sdes:mid, the same both ways; null if not negotiated.</summary>
    public int? MidExtension { get; init; }

    /// <summary>Header extension id of ssrc-audio-level; null if not negotiated.</summary>
    public int? AudioLevelExtension { get; init; }

    /// <summary>Whether RTCP may be sent reduced-size (RFC 5506).</summary>
    public bool RtcpReducedSize { get; init; }

    public MediaStreamId? RemoteMsid { get; init; }
    public IReadOnlyList<uint> RemoteSsrcs { get; init; } = [];
}

/// <summary>The outcome for data channels (RFC 8841).</summary>
/// <param name="LocalPort">Our SCTP port.</param>
/// <param name="RemotePort">The remote side's SCTP port.</param>
/// <param name="MaxMessageSize">The longest message to send, in bytes.</param>
internal sealed record NegotiatedData(ushort LocalPort, ushort RemotePort, int MaxMessageSize);

/// <summary>A codec under its payload type.</summary>
internal sealed record PayloadFormat(byte PayloadType, AudioCodec Codec);
