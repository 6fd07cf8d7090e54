using GoTo.Calls;
using Orleans.Concurrency;

namespace GoTo.Accounts;

/// <summary>
/// The one notification WebSocket of a GoTo account (specification section 6). Key: the account's name in the
/// configuration. Every silo keeps asking it to be open, so it comes back wherever its silo died.
/// </summary>
[GrainInterfaceType("event-channel"), Alias("event-channel")]
public interface IEventChannelGrain : IGrainWithStringKey
{
    /// <summary>Opens the channel if it is not open, and keeps it so.</summary>
    [AlwaysInterleave, Alias("ensure-open")]
    Task EnsureOpen();

    /// <summary>How the channel stands.</summary>
    [AlwaysInterleave, Alias("describe")]
    Task<EventChannelSnapshot> Describe();

    /// <summary>The account's calls that have not ended.</summary>
    [AlwaysInterleave, Alias("live-calls")]
    Task<IReadOnlyList<CallKey>> LiveCalls();
}

/// <summary>How an account's event channel stands.</summary>
/// <param name="Connected">The WebSocket is up and subscribed.</param>
/// <param name="Epoch">Counts the channel's activations; events of a lower epoch are dropped by the calls.</param>
/// <param name="LiveCalls">How many calls have not ended.</param>
/// <param name="LastFailure">What last went wrong, in words for an operator; null when nothing did since the connection came up.</param>
[GenerateSerializer, Immutable, Alias("event-channel.snapshot")]
public sealed record EventChannelSnapshot(bool Connected, long Epoch, int LiveCalls, string? LastFailure);
