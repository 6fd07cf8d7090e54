namespace GoTo.WebRtc.Sdp;

/// <summary>What this side brings into every description of one session.</summary>
internal sealed record LocalSession
{
    /// <summary>Below 2^62, the same in every description of the session.</summary>
    public required ulong SessionId { get; init; }

    /// <summary>Grows by one with every description sent.</summary>
    public ulong SessionVersion { get; init; } = 1;

    /// <summary>
    /// This side with fresh ICE credentials, for the answer to an offer that restarts ICE (RFC 8839 section 4.4.1.1.1).
    /// </summary>
    public Func<LocalSession>? Restarted { get; init; }

    public required string IceUfrag { get; init; }
    public required string IcePassword { get; init; }
    public required SdpFingerprint Fingerprint { get; init; }

    /// <summary>Host candidates as "candidate:...", without "a=".</summary>
    public IReadOnlyList<string> Candidates { get; init; } = [];

    /// <summary>Whether this side is ice-lite (RFC 8445 section 2.5).</summary>
    public bool IceLite { get; init; }

    /// <summary>Whether no more candidates follow by trickle.</summary>
    public bool EndOfCandidates { get; init; } = true;

    /// <summary>The role taken when the offer leaves the choice (actpass).</summary>
    public SetupRole AnswerSetup { get; init; } = SetupRole.Passive;

    /// <summary>Accepted codecs, best first, on a line that the offer adds.</summary>
    public IReadOnlyList<AudioCodec> Codecs { get; init; } = [AudioCodec.Opus, AudioCodec.Pcmu, AudioCodec.Pcma];

    /// <summary>Whether data channels are offered, and accepted when offered.</summary>
    public bool DataChannels { get; init; }

    /// <summary>RTCP CNAME of every source of this session (RFC 7022).</summary>
    public required string Cname { get; init; }
}

/// <summary>What this side wants on one audio m-line.</summary>
internal sealed record LocalAudio
{
    /// <summary>The mid, once the line has been offered or answered; null for a new line.</summary>
    public string? Mid { get; init; }

    public TransceiverDirection Direction { get; init; } = TransceiverDirection.SendRecv;
    public required uint Ssrc { get; init; }

    /// <summary>First token of a=msid; null writes "-" (no stream).</summary>
    public string? StreamId { get; init; }

    /// <summary>Second token of a=msid; null writes no a=msid at all.</summary>
    public string? TrackId { get; init; }

    /// <summary>Accepted codecs, best first.</summary>
    public IReadOnlyList<AudioCodec> Codecs { get; init; } = [AudioCodec.Opus, AudioCodec.Pcmu, AudioCodec.Pcma];
}
