using GoTo.Numbers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Records;

/// <summary>Writes records into the store and, once for each, into the log.</summary>
internal sealed class Recorder(IRecordStore store, IOptions<RecordSettings> settings, ILoggerFactory logs)
{
    private readonly ILogger _logger = logs.CreateLogger(RecordLog.Category);

    private NumberPolicy Policy => settings.Value.Numbers;

    /// <summary>May be repeated, after a crash: the store knows what it has. Numbers are written as the policy wants them.</summary>
    public async Task Record(CallRecord call, IReadOnlyList<AuditRecord> operations)
    {
        call = call with
        {
            From = Policy.Apply(call.From), To = Policy.Apply(call.To),
            TransferTarget = call.TransferTarget is { } target ? Policy.Apply(target) : null,
        };
        operations = [.. operations.Select(Masked)];
        if (!await store.Write(call, operations, CancellationToken.None)) return;
        _logger.CallRecorded(
            call.Call.ToString(), call.Direction.ToString(), call.From, call.To, call.Tenant, call.Agent, call.StartedAt,
            call.Talked.TotalSeconds, call.EndReason.ToString());
        foreach (var operation in operations) Log(operation);
    }

    /// <summary>An operation that is on no journal. What it was about has been answered: a store that is away changes nothing in that.</summary>
    public async Task Record(AuditRecord operation)
    {
        operation = Masked(operation);
        Log(operation);
        try
        {
            await store.Write(operation, CancellationToken.None);
        }
        catch (Exception e)
        {
            _logger.NotAudited(operation.Actor, operation.Operation, operation.Subject, operation.Outcome, e.Message);
        }
    }

    private AuditRecord Masked(AuditRecord operation) => operation with
    {
        Subject = PhoneNumber.TryParse(operation.Subject, out _) ? Policy.Apply(operation.Subject) : operation.Subject,
        Detail = operation.Detail is { } detail ? Policy.Apply(detail) : null,
    };

    private void Log(AuditRecord o) => _logger.Audited(o.Actor, o.Operation, o.Subject, o.Tenant, o.At, o.Outcome, o.Detail);
}
