using GoTo.WebRtc;

namespace GoTo.Simulator.Phones;

/// <summary>What a <see cref="ScriptedPhone"/> does in one call.</summary>
public sealed record PhoneScript
{
    /// <summary>The caller's number in E.164; empty withholds it.</summary>
    public required string From { get; init; }

    /// <summary>The number to dial, in E.164.</summary>
    public required string To { get; init; }

    /// <summary>
    /// What is said, packet by packet, from the moment the media is connected. Taken as it is said: a phone that speaks
    /// until it is told to stop has a sequence that ends then.
    /// </summary>
    public required IEnumerable<OpusPacket> Audio { get; init; }

    /// <summary>How long the phone lets it ring before it hangs up. Default: 30 s.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long ICE and DTLS may take after the answer. Default: 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the phone listens on after its last packet; it hangs up earlier when as many packets came back as it
    /// sent. Default: 2 s.
    /// </summary>
    public TimeSpan EchoTimeout { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>What a phone passes through in a call; <see cref="PhoneStep"/> reports it.</summary>
public enum PhoneStage
{
    /// <summary>The offer is sent.</summary>
    Dialled,

    /// <summary>The call rings at the other end.</summary>
    Ringing,

    /// <summary>The other end's SDP answer is here.</summary>
    Answered,

    /// <summary>ICE and DTLS are complete.</summary>
    Connected,

    /// <summary>The first audio packet is received.</summary>
    FirstAudio,

    /// <summary>The last packet of the script is sent.</summary>
    Spoken,

    /// <summary>The phone hangs up.</summary>
    HungUp,

    /// <summary>The call is over.</summary>
    Ended,
}

/// <summary>A step of a call as it happens.</summary>
/// <param name="Stage">What happened.</param>
/// <param name="Elapsed">Time since the phone dialled.</param>
/// <param name="Detail">The call's id or the reason of its end, where there is one.</param>
public readonly record struct PhoneStep(PhoneStage Stage, TimeSpan Elapsed, string? Detail);
