using GoTo.Calls;
using GoTo.Tenants;
using Orleans.Concurrency;

namespace GoTo.Transfers;

/// <summary>
/// A conference (specification section 5.2.3, resolution C13): two calls of one room whose far ends and the agent are one
/// conversation. Both calls stay calls of their own, with their ids and their audio; the conference is what links them.
/// Key: <see cref="ConferenceId"/>; get it by <see cref="TransferGrains.Conference"/>.
/// <para>
/// A <c>tenant</c> in the request context that is not the calls' raises <see cref="ForeignTenantException"/> from every
/// method, and nothing changes.
/// </para>
/// </summary>
[GrainInterfaceType("conference"), Alias("conference")]
public interface IConferenceGrain : IGrainWithStringKey
{
    /// <summary>
    /// Merges the conference's call with another one; either may be on hold and is taken off it. The same again merges
    /// nothing a second time.
    /// </summary>
    /// <returns>What came of it: not done when GoTo refused it, and then both calls go on as they were.</returns>
    /// <exception cref="CallNotFoundException">Nobody has seen one of the calls.</exception>
    /// <exception cref="CallArgumentException">
    /// The other call is the same one, of another account or tenant, or in another room: dial it into this call's room.
    /// </exception>
    /// <exception cref="CallTransitionException">One of the calls is not connected, or a transfer is under way with it.</exception>
    [Alias("merge"), ResponseTimeout("00:01:00")]
    Task<CommandOutcome> Merge(CallKey other, CancellationToken cancellationToken = default);

    /// <summary>Hangs one party up; the others go on. Returns once that is journaled.</summary>
    /// <exception cref="ConferenceNotFoundException">No calls were merged by this conference.</exception>
    /// <exception cref="CallArgumentException">The call is none of this conference.</exception>
    /// <exception cref="CallTransitionException">The call is over.</exception>
    [Alias("drop")]
    Task<CommandReceipt> Drop(CallKey party, CancellationToken cancellationToken = default);

    /// <summary>Leaves the far ends to each other: both calls end for us, and the agent's part with them.</summary>
    /// <returns>What came of it: not done when GoTo refused it, and then the conference goes on.</returns>
    /// <exception cref="ConferenceNotFoundException">No calls were merged by this conference.</exception>
    /// <exception cref="CallTransitionException">One of the calls is over: hang up the other one instead.</exception>
    [Alias("leave"), ResponseTimeout("00:01:00")]
    Task<CommandOutcome> Leave(CancellationToken cancellationToken = default);

    /// <summary>The conference as it stands now: who is in it.</summary>
    /// <exception cref="ConferenceNotFoundException">No calls were merged by this conference.</exception>
    [AlwaysInterleave, Alias("describe")]
    Task<ConferenceSnapshot> Describe();
}

/// <summary>A conference as it stands now.</summary>
/// <param name="Id">Which conference.</param>
/// <param name="Merged">What came of the merge.</param>
/// <param name="Parties">The calls that are in it now; none once it is over.</param>
[GenerateSerializer, Immutable, Alias("conference.snapshot")]
public sealed record ConferenceSnapshot(ConferenceId Id, CommandOutcome Merged, IReadOnlyList<CallKey> Parties);

/// <summary>
/// The identity of a conference: the call that it began with and the id of the command that asked for it, so that the same
/// command again is the same conference. Written <c>{account}/{callId}/{command}</c> with the command's id escaped as in a URL.
/// </summary>
/// <param name="Call">The call that it began with.</param>
/// <param name="Command">The caller's own id of the conference.</param>
[GenerateSerializer, Immutable, Alias("conference.id")]
public readonly record struct ConferenceId(CallKey Call, CommandId Command)
{
    /// <summary>Reads <c>{account}/{callId}/{command}</c>.</summary>
    /// <exception cref="FormatException">The text has no call or no command.</exception>
    public static ConferenceId Parse(string text)
    {
        var (call, command) = TransferKey.Parse(text);
        return new ConferenceId(call, command);
    }

    /// <summary>The id as <c>{account}/{callId}/{command}</c>.</summary>
    public override string ToString() => new TransferKey(Call, Command).ToString();
}

/// <summary>No calls were merged by this conference. Merge two, or check the call and the command's id.</summary>
[GenerateSerializer, Alias("conference.not-found")]
public sealed class ConferenceNotFoundException : Exception
{
    /// <summary>A conference that nobody has begun.</summary>
    public ConferenceNotFoundException(ConferenceId id) : base($"There is no conference {id}.") => Id = id;

    /// <summary>The id that was asked for.</summary>
    [Id(0)] public ConferenceId Id { get; }
}
