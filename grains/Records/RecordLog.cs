using Microsoft.Extensions.Logging;

namespace GoTo.Records;

/// <summary>
/// Records as log entries, with the same fields, for whoever collects logs (OpenTelemetry: category <c>GoTo.Records</c>);
/// event ids 1400 to 1499. Numbers as the policy wants them.
/// </summary>
internal static partial class RecordLog
{
    public const string Category = "GoTo.Records";

    [LoggerMessage(1400, LogLevel.Information,
        "Call record {Call}: {Direction} {From} to {To}, tenant {Tenant}, agent {Agent}, started {StartedAt:O}, talked {TalkedSeconds} s, {EndReason}")]
    public static partial void CallRecorded(
        this ILogger logger, string call, string direction, string from, string to, string? tenant, string? agent,
        DateTimeOffset startedAt, double talkedSeconds, string endReason);

    [LoggerMessage(1401, LogLevel.Information, "Audit: {Actor} asked {Operation} of {Subject} for tenant {Tenant} at {At:O}: {Outcome} {Detail}")]
    public static partial void Audited(
        this ILogger logger, string actor, string operation, string subject, string? tenant, DateTimeOffset at, string outcome, string? detail);

    [LoggerMessage(1402, LogLevel.Information, "{Count} records were older than {Days} days and are deleted")]
    public static partial void Purged(this ILogger<RecordRetention> logger, int count, double days);

    [LoggerMessage(1403, LogLevel.Warning, "Old records could not be deleted; trying again in an hour. {Detail}")]
    public static partial void NotPurged(this ILogger<RecordRetention> logger, string detail);

    [LoggerMessage(1404, LogLevel.Error, "An audit record could not be written: {Actor} asked {Operation} of {Subject}: {Outcome}. {Detail}")]
    public static partial void NotAudited(
        this ILogger logger, string actor, string operation, string subject, string outcome, string detail);
}
