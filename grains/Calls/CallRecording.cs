using GoTo.Records;

namespace GoTo.Calls;

/// <summary>What goes on record of a call that has ended. Pure, from its state and journal.</summary>
internal static class CallRecording
{
    public static CallRecord Of(CallKey key, CallState state) => new()
    {
        Call = key, Tenant = state.Tenant, Direction = state.Direction, From = state.From, To = state.To, LineId = state.LineId,
        Agent = state.Agent, StartedAt = state.CreatedAt, AnsweredAt = state.AnsweredAt, EndedAt = state.EndedAt ?? state.CreatedAt,
        Talked = state.AnsweredAt is { } answered && state.EndedAt > answered ? state.EndedAt.Value - answered : TimeSpan.Zero,
        EndReason = state.EndReason ?? EndReason.Unknown, TransferTarget = state.TransferTarget,
    };

    /// <summary>The commands that the call took, each with what came of it.</summary>
    public static IReadOnlyList<AuditRecord> Operations(CallKey key, CallState state, IEnumerable<CallJournalEntry> journal)
    {
        var entries = journal.ToList();
        var outcomes = entries.Select(entry => entry.Event).OfType<CommandSettled>()
            .ToLookup(settled => settled.Outcome.Id, settled => settled.Outcome);
        return [.. entries.Where(entry => entry.Event is CommandAccepted).Select(Operation)];

        AuditRecord Operation(CallJournalEntry entry)
        {
            var accepted = (CommandAccepted)entry.Event;
            var outcome = outcomes[accepted.Id].FirstOrDefault();
            return new AuditRecord
            {
                At = entry.At, Actor = entry.Actor, Tenant = state.Tenant, Operation = accepted.Operation.Name, Subject = key.ToString(),
                Outcome = outcome?.Result.ToString() ?? "Open", Detail = Detail(accepted.Operation, outcome),
            };
        }
    }

    /// <summary>To whom, how, and what went wrong. Never which digits were sent: they are often a secret.</summary>
    private static string? Detail(CallOperation operation, CommandOutcome? outcome)
    {
        string?[] parts =
        [
            operation switch
            {
                CallOperation.BlindTransfer transfer => $"to {transfer.Target}",
                CallOperation.WarmTransfer transfer => $"to call {transfer.ReferId}",
                CallOperation.Merge merge => $"with call {merge.ReferId}",
                CallOperation.HangUp hangUp => $"as {hangUp.Reason}",
                CallOperation.SendDtmf tones => $"{tones.Digits.Length} tones",
                _ => null,
            },
            outcome is { Failure: not CommandFailure.None } ? outcome.Failure.ToString() : null,
            outcome?.Detail,
        ];
        return string.Join("; ", parts.OfType<string>()) is { Length: > 0 } detail ? detail : null;
    }
}
