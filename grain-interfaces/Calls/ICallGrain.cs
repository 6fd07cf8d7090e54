using GoTo.Tenants;
using Orleans.Concurrency;

namespace GoTo.Calls;

/// <summary>
/// One call, whoever placed it. Key: <see cref="CallKey"/>. Calls come into being by GoTo's events, not by this
/// interface, so there is no method that creates one.
/// <para>
/// Commands return as soon as their intent is journaled; <see cref="Outcome"/> says what came of them. The same
/// <see cref="CommandId"/> again is the same command: the first receipt is given, nothing is done twice.
/// </para>
/// <para>
/// Who asks is told by the request context: <c>actor</c> goes into the journal; a <c>tenant</c> that is set and is not
/// the call's raises <see cref="ForeignTenantException"/> from every method, and nothing changes.
/// </para>
/// </summary>
[GrainInterfaceType("call"), Alias("call")]
public interface ICallGrain : IGrainWithStringKey
{
    /// <summary>The call as it stands now. Legal in every phase.</summary>
    /// <exception cref="CallNotFoundException">Nobody has seen this call.</exception>
    [AlwaysInterleave, Alias("describe")]
    Task<CallSnapshot> Describe();

    /// <summary>
    /// The journal's entries with a version above <paramref name="after"/>, then each new one as it is written.
    /// Completes after <see cref="Ended"/>, and whenever nothing has happened for two seconds: to go on, pass the last
    /// version seen. <c>IGoTo.Calls.Watch</c> does that by itself.
    /// </summary>
    /// <exception cref="CallNotFoundException">Nobody has seen this call.</exception>
    /// <exception cref="JournalGapException"><paramref name="after"/> is older than the journal's oldest entry.</exception>
    [AlwaysInterleave, Alias("watch")]
    IAsyncEnumerable<CallJournalEntry> Watch(long after, CancellationToken cancellationToken = default);

    /// <summary>
    /// What came of a command, as soon as that is known; null when nothing has come of it for two seconds: ask again,
    /// or use <see cref="CallGrains.WhenSettled"/>, which does. Remembered for the last hundred commands of a call, for good.
    /// </summary>
    /// <exception cref="CommandNotFoundException">The call has taken no command with this id, or has forgotten it.</exception>
    [AlwaysInterleave, Alias("outcome")]
    Task<CommandOutcome?> Outcome(CommandId id, CancellationToken cancellationToken = default);

    /// <summary>Answers the phone now, whether the agent is ready or not. Legal while Ringing or Offering.</summary>
    /// <exception cref="CallTransitionException">It does not ring, or is being hung up.</exception>
    [Alias("answer")]
    Task<CommandReceipt> Answer(CommandId id, CancellationToken cancellationToken = default);

    /// <summary>Refuses the call. Legal while Ringing.</summary>
    /// <exception cref="CallTransitionException">It does not ring, or is being answered or hung up.</exception>
    [Alias("reject")]
    Task<CommandReceipt> Reject(CommandId id, CancellationToken cancellationToken = default);

    /// <summary>Puts the remote party on hold; no audio passes either way. Legal while Connected.</summary>
    /// <exception cref="CallTransitionException">It is not connected, is leaving, or is being hung up.</exception>
    [Alias("hold")]
    Task<CommandReceipt> Hold(CommandId id, CancellationToken cancellationToken = default);

    /// <summary>Takes the remote party off hold. Legal while Connected and on hold.</summary>
    /// <exception cref="CallTransitionException">It is not on hold, is leaving, or is being hung up.</exception>
    [Alias("resume")]
    Task<CommandReceipt> Resume(CommandId id, CancellationToken cancellationToken = default);

    /// <summary>Stops the agent's audio, at once. Outlives hold and resume (resolution C7). Legal while Connected.</summary>
    /// <exception cref="CallTransitionException">It is not connected, is leaving, or is being hung up.</exception>
    [Alias("mute")]
    Task<CommandReceipt> Mute(CommandId id, CancellationToken cancellationToken = default);

    /// <summary>Lets the agent be heard again. Legal while Connected.</summary>
    /// <exception cref="CallTransitionException">It is not connected, is leaving, or is being hung up.</exception>
    [Alias("unmute")]
    Task<CommandReceipt> Unmute(CommandId id, CancellationToken cancellationToken = default);

    /// <summary>Sends touch tones: 1 to 64 of <c>0-9*#A-D</c> and <c>,</c> (500 ms). Legal while Connected and not on hold.</summary>
    /// <exception cref="CallArgumentException">These are no touch tones.</exception>
    /// <exception cref="CallTransitionException">It is not connected, is on hold, is leaving, or is being hung up.</exception>
    [Alias("send-dtmf")]
    Task<CommandReceipt> SendDtmf(string digits, CommandId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Plays a recording to the remote party, in place of the agent's audio; done when it has been played to its end. Legal
    /// while Connected and not on hold.
    /// </summary>
    /// <param name="name">Its name in the folder <c>GoTo:Media:Announcements</c>.</param>
    /// <param name="id">The command's id.</param>
    /// <param name="cancellationToken">Gives up waiting for the receipt.</param>
    /// <exception cref="CallArgumentException">The name is empty or too long.</exception>
    /// <exception cref="CallTransitionException">It is not connected, is on hold, is leaving, or is being hung up.</exception>
    [Alias("play-announcement")]
    Task<CommandReceipt> PlayAnnouncement(string name, CommandId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Ends the call. Legal in every phase but Ended; a second hang-up while the first is on its way is no error. Done
    /// when the call has ended.
    /// </summary>
    /// <exception cref="CallTransitionException">The call is over.</exception>
    [Alias("hang-up")]
    Task<CommandReceipt> HangUp(HangUpReason reason, CommandId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Hands the remote party over to <paramref name="dialString"/>: <c>ext:</c>, <c>tel:</c>, <c>sip:</c> or
    /// <c>voicemail:</c>. Legal while Dialing or Connected. Done when GoTo has transferred it; on failure the call goes
    /// on as it was.
    /// </summary>
    /// <exception cref="CallArgumentException">This is no dial string.</exception>
    /// <exception cref="CallTransitionException">It is not connected, is leaving already, or is being hung up.</exception>
    [Alias("blind-transfer")]
    Task<CommandReceipt> BlindTransfer(string dialString, CommandId id, CancellationToken cancellationToken = default);

    /// <summary>Decides the journal again, by the rules of the silo that answers.</summary>
    [AlwaysInterleave, Alias("replay")]
    Task<ReplayReport> Replay();
}
