using GoTo.Calls;

namespace GoTo.Records;

/// <summary>
/// A call detail record: one for each call, written once when it has ended. Numbers are masked unless
/// <c>GoTo:Records:Numbers</c> says otherwise.
/// </summary>
[GenerateSerializer, Immutable, Alias("record.call")]
public sealed record CallRecord
{
    /// <summary>Its place in the records; later records have higher ones.</summary>
    [Id(0)] public long Id { get; init; }

    /// <summary>Which call.</summary>
    [Id(1)] public required CallKey Call { get; init; }

    /// <summary>Whose call; null when nobody had registered the number.</summary>
    [Id(2)] public string? Tenant { get; init; }

    /// <summary>Who placed it.</summary>
    [Id(3)] public required CallDirection Direction { get; init; }

    /// <summary>The caller's number; empty when withheld.</summary>
    [Id(4)] public required string From { get; init; }

    /// <summary>The called number.</summary>
    [Id(5)] public required string To { get; init; }

    /// <summary>The GoTo line.</summary>
    [Id(6)] public required string LineId { get; init; }

    /// <summary>The agent that was dispatched; null when none was.</summary>
    [Id(7)] public string? Agent { get; init; }

    /// <summary>When the phone began to ring, or was dialed.</summary>
    [Id(8)] public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it was answered; null when it never was.</summary>
    [Id(9)] public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>When it ended.</summary>
    [Id(10)] public required DateTimeOffset EndedAt { get; init; }

    /// <summary>From answer to end, hold included; zero when it was never answered (resolution E19).</summary>
    [Id(11)] public TimeSpan Talked { get; init; }

    /// <summary>Why it ended.</summary>
    [Id(12)] public required EndReason EndReason { get; init; }

    /// <summary>Where it was transferred to, as a dial string; null when it was not.</summary>
    [Id(13)] public string? TransferTarget { get; init; }
}

/// <summary>Who did what, when, and what came of it (specification section 10.4).</summary>
[GenerateSerializer, Immutable, Alias("record.audit")]
public sealed record AuditRecord
{
    /// <summary>Its place in the records; later records have higher ones.</summary>
    [Id(0)] public long Id { get; init; }

    /// <summary>When it was asked.</summary>
    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>Who asked, as the client said it.</summary>
    [Id(2)] public required string Actor { get; init; }

    /// <summary>Whose call or number it was; null when that is not known.</summary>
    [Id(3)] public string? Tenant { get; init; }

    /// <summary>What was asked, such as <c>BlindTransfer</c> or <c>Register</c>.</summary>
    [Id(4)] public required string Operation { get; init; }

    /// <summary>Of what: a call's key, a masked number, a tenant.</summary>
    [Id(5)] public required string Subject { get; init; }

    /// <summary>What came of it: <c>Done</c>, <c>Failed</c>, <c>Superseded</c>, or the name of the error it was refused with.</summary>
    [Id(6)] public required string Outcome { get; init; }

    /// <summary>More about it, in words; null when there is nothing to say.</summary>
    [Id(7)] public string? Detail { get; init; }
}
