namespace GoTo.WebRtc.Sctp;

/// <summary>The kinds of chunks (RFC 9260 section 3.2, RFC 3758, RFC 6525).</summary>
internal enum SctpChunkType : byte
{
    Data = 0,
    Init = 1,
    InitAck = 2,
    Sack = 3,
    Heartbeat = 4,
    HeartbeatAck = 5,
    Abort = 6,
    Shutdown = 7,
    ShutdownAck = 8,
    Error = 9,
    CookieEcho = 10,
    CookieAck = 11,
    ShutdownComplete = 14,
    ReConfig = 130,
    ForwardTsn = 192,
}

/// <summary>The flags of a DATA chunk (RFC 9260 section 3.3.1).</summary>
[Flags]
internal enum SctpDataFlags : byte
{
    None = 0,
    End = 1,
    Beginning = 2,
    Unordered = 4,
    Immediate = 8,
}
