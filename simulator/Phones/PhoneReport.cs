using GoTo.WebRtc;

namespace GoTo.Simulator.Phones;

/// <summary>How a call of a <see cref="ScriptedPhone"/> went.</summary>
public enum PhoneOutcome
{
    /// <summary>The phone said all it had to say and hung up.</summary>
    Completed,

    /// <summary>The call ended, or rang for too long, before it was answered.</summary>
    NotAnswered,

    /// <summary>It was answered, but no media connection came about.</summary>
    NotConnected,

    /// <summary>The other end hung up, or the media was lost, while the phone was speaking or listening.</summary>
    CutOff,
}

/// <summary>What a <see cref="ScriptedPhone"/> measured in one call. Times are since dialling.</summary>
public sealed record PhoneReport
{
    /// <summary>How the call went.</summary>
    public required PhoneOutcome Outcome { get; init; }

    /// <summary>The id of the call at the phone's socket; none if it never rang.</summary>
    public string? CallId { get; init; }

    /// <summary>The reason given for the end of the call; none if none was given in time.</summary>
    public string? EndReason { get; init; }

    /// <summary>When it rang.</summary>
    public TimeSpan? Ringing { get; init; }

    /// <summary>When the SDP answer came.</summary>
    public TimeSpan? Answered { get; init; }

    /// <summary>When ICE and DTLS were complete.</summary>
    public TimeSpan? Connected { get; init; }

    /// <summary>When the first audio packet came.</summary>
    public TimeSpan? FirstAudio { get; init; }

    /// <summary>What was sent, what came back, and how long it took.</summary>
    public required EchoReport Echo { get; init; }

    /// <summary>The media engine's own figures of this call's leg.</summary>
    public required PeerStats Transport { get; init; }
}

/// <summary>The comparison of what was sent with what came back.</summary>
public sealed record EchoReport
{
    /// <summary>Packets sent.</summary>
    public required int Sent { get; init; }

    /// <summary>Packets received, whatever was in them.</summary>
    public required int Received { get; init; }

    /// <summary>Packets sent that came back with the same bytes, in the order of sending.</summary>
    public required int Echoed { get; init; }

    /// <summary>Packets sent that did not come back.</summary>
    public int Lost => Sent - Echoed;

    /// <summary>Packets received that are no echo, or one out of order.</summary>
    public int Foreign => Received - Echoed;

    /// <summary>Whether all that was sent came back, byte for byte and in order.</summary>
    public bool BitExact => Sent > 0 && Echoed == Sent;

    /// <summary>Half of the echoes were back after this time; none without an echo.</summary>
    public TimeSpan? LatencyP50 { get; init; }

    /// <summary>99 of 100 echoes were back after this time.</summary>
    public TimeSpan? LatencyP99 { get; init; }

    /// <summary>All echoes were back after this time.</summary>
    public TimeSpan? LatencyMax { get; init; }

    /// <summary>Every packet sent, in order.</summary>
    public required IReadOnlyList<SentPayload> Payloads { get; init; }
}

/// <summary>One packet that the phone sent.</summary>
/// <param name="Hash">The first 8 bytes of the payload's SHA-256, in hex.</param>
/// <param name="Sent">When it was handed to the media engine, since the first one.</param>
/// <param name="Echoed">When its echo arrived, since the first one was sent; none if it did not.</param>
public sealed record SentPayload(string Hash, TimeSpan Sent, TimeSpan? Echoed);

/// <summary>
/// The phone socket refused what the phone asked, or was lost before the call was answered.
/// </summary>
public sealed class PhoneSocketException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">The socket's error code, such as UNKNOWN_NUMBER; CLOSED if the socket was lost.</param>
    /// <param name="message">What the socket said.</param>
    public PhoneSocketException(string code, string message)
        : base($"{code}: {message}")
        => Code = code;

    /// <summary>The socket's error code; CLOSED if the socket was lost.</summary>
    public string Code { get; }
}
