using GoTo.Calls;
using GoTo.Tenants;
using Orleans.Concurrency;

namespace GoTo.Transfers;

/// <summary>
/// One warm transfer (specification section 5.2.2, resolution C12): the caller is put on hold, the target is called into the
/// agent's room, is briefed, and takes the caller over. Whatever fails on the way, the consult is hung up and the caller goes
/// back to the agent. Key: <see cref="TransferKey"/>; get it by <see cref="TransferGrains.WarmTransfer(IGrainFactory, CallKey, CommandId)"/>.
/// <para>
/// A <c>tenant</c> in the request context that is not the call's raises <see cref="ForeignTenantException"/> from every
/// method, and nothing changes.
/// </para>
/// </summary>
[GrainInterfaceType("warm-transfer"), Alias("warm-transfer")]
public interface IWarmTransferGrain : IGrainWithStringKey
{
    /// <summary>
    /// Begins the transfer. Returns once the caller's call has agreed and both journals say so; <see cref="Outcome"/> says
    /// what came of it. Asked again, it begins nothing a second time.
    /// </summary>
    /// <exception cref="CallNotFoundException">Nobody has seen the caller's call.</exception>
    /// <exception cref="CallArgumentException">The target is no dial string, or a limit is none.</exception>
    /// <exception cref="CallTransitionException">
    /// The call is not connected, is being passed on or hung up, or another transfer is under way with it.
    /// </exception>
    [Alias("begin")]
    Task Begin(WarmTransferRequest request, CancellationToken cancellationToken = default);

    /// <summary>The briefing is over: the caller goes to the target. Legal while Briefing; a second one is no error.</summary>
    /// <exception cref="TransferNotFoundException">Nobody has begun this transfer.</exception>
    /// <exception cref="TransferTransitionException">The target has not answered, or the transfer has failed or is over.</exception>
    [Alias("complete")]
    Task Complete(CancellationToken cancellationToken = default);

    /// <summary>
    /// Calls it off: the consult is hung up, the caller goes back to the agent. Legal until GoTo is asked to connect the two;
    /// harmless while it is being undone.
    /// </summary>
    /// <exception cref="TransferNotFoundException">Nobody has begun this transfer.</exception>
    /// <exception cref="TransferTransitionException">GoTo is connecting the two already, or it is over.</exception>
    [Alias("cancel")]
    Task Cancel(CancellationToken cancellationToken = default);

    /// <summary>The target does not take the caller, or a voicemail answered. As <see cref="Cancel"/>, with another result.</summary>
    /// <exception cref="TransferNotFoundException">Nobody has begun this transfer.</exception>
    /// <exception cref="TransferTransitionException">GoTo is connecting the two already, or it is over.</exception>
    [Alias("decline")]
    Task Decline(DeclineReason reason, CancellationToken cancellationToken = default);

    /// <summary>
    /// What came of it, as soon as that is known; null when it is not over within two seconds: ask again, or use
    /// <see cref="TransferGrains.WhenOver"/>, which does. Remembered for good.
    /// </summary>
    /// <exception cref="TransferNotFoundException">Nobody has begun this transfer.</exception>
    [AlwaysInterleave, Alias("outcome")]
    Task<TransferOutcome?> Outcome(CancellationToken cancellationToken = default);

    /// <summary>The transfer as it stands now.</summary>
    /// <exception cref="TransferNotFoundException">Nobody has begun this transfer.</exception>
    [AlwaysInterleave, Alias("describe")]
    Task<TransferSnapshot> Describe();

    /// <summary>
    /// The journal's entries with a version above <paramref name="after"/>, then each new one as it is written. Completes
    /// after <see cref="TransferEnded"/>, and whenever nothing has happened for two seconds: to go on, pass the last version
    /// seen.
    /// </summary>
    /// <exception cref="TransferNotFoundException">Nobody has begun this transfer.</exception>
    [AlwaysInterleave, Alias("watch")]
    IAsyncEnumerable<TransferJournalEntry> Watch(long after, CancellationToken cancellationToken = default);
}
