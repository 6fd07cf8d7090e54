using GoTo.Tenants;
using Orleans.Concurrency;

namespace GoTo.Calls;

/// <summary>
/// One dial, whoever asks for it and however often: there is at most one call of it. Get it by
/// <see cref="OutboundCalls.OutboundCall"/>; its key is the caller's own request id.
/// </summary>
[GrainInterfaceType("outbound-call"), Alias("outbound-call")]
public interface IOutboundCallGrain : IGrainWithStringKey
{
    /// <summary>
    /// Places the call. Returns once the intent is stored; <see cref="Outcome"/> says what came of it. Asked again, it
    /// dials nothing and changes nothing.
    /// </summary>
    /// <exception cref="InvalidDialException">The request cannot be dialed, or its id stands for another one.</exception>
    /// <exception cref="QuotaExceededException">The tenant has used up a quota; nothing was done.</exception>
    /// <exception cref="ForeignTenantException">The caller acts for another tenant.</exception>
    [Alias("dial")]
    Task Dial(DialRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// What came of the dial, as soon as that is known; null when nothing has come of it for two seconds: ask again, or
    /// use <see cref="OutboundCalls.WhenPlaced"/>, which does.
    /// </summary>
    /// <exception cref="InvalidDialException">Nobody has asked for this dial.</exception>
    [AlwaysInterleave, Alias("outcome")]
    Task<DialOutcome?> Outcome(CancellationToken cancellationToken = default);
}

/// <summary>Whom to call, from where, and for whom.</summary>
/// <param name="Tenant">Who places the call.</param>
/// <param name="LineId">The GoTo line to call from.</param>
/// <param name="To">A dial string: <c>tel:+15551234567</c>, <c>ext:1001</c>, <c>sip:user@host</c>, <c>voicemail:1001</c>.</param>
/// <param name="Agent">The LiveKit agent to dispatch to the call's room; null for a room without one.</param>
[GenerateSerializer, Immutable, Alias("dial.request")]
public sealed record DialRequest(string Tenant, string LineId, string To, string? Agent)
{
    /// <summary>
    /// The number to show, in E.164; null leaves it to GoTo. If it is registered for the same tenant
    /// (<see cref="Numbers.NumberRegistration"/>), what it says of its calls' rooms, agents and phones counts for this one, too.
    /// </summary>
    [Id(0)] public string? CallerId { get; init; }

    /// <summary>
    /// A room that exists, for the call to join instead of one of its own; then no agent is dispatched. For the cluster
    /// and for operators: a caller that acts for a tenant names the call with <see cref="RoomOf"/> instead.
    /// </summary>
    [Id(1)] public string? Room { get; init; }

    /// <summary>The warm transfer that the call is the consult of, which then has it from the start; null for a call of its own.</summary>
    [Id(2)] public string? ClaimedBy { get; init; }

    /// <summary>
    /// Another call of the same account and tenant, whose room this one joins instead of one of its own, to be merged with
    /// it; then no agent is dispatched. Null unless set.
    /// </summary>
    [Id(4)] public CallKey? RoomOf { get; init; }

    /// <summary>How long it may ring before it is hung up; 45 s unless set, at most 5 min.</summary>
    [Id(3)] public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(45);
}

/// <summary>What came of a dial. Busy, no answer and the like are ends of a call that was placed: its journal tells.</summary>
/// <param name="Call">The call; null when none was placed.</param>
/// <param name="Failure">Why none was placed.</param>
/// <param name="Detail">GoTo's words, or ours, for an operator; null when there is nothing to say.</param>
[GenerateSerializer, Immutable, Alias("dial.outcome")]
public sealed record DialOutcome(CallKey? Call, CommandFailure Failure = CommandFailure.None, string? Detail = null);

/// <summary>A dial that cannot be: the message says what is wrong with it, and quotes no number. Nothing was done.</summary>
[GenerateSerializer, Alias("dial.invalid")]
public sealed class InvalidDialException : Exception
{
    /// <summary>A dial that was refused.</summary>
    /// <param name="requestId">The caller's id of it.</param>
    /// <param name="argument">What of it is wrong, such as <c>To</c>.</param>
    /// <param name="why">Why.</param>
    public InvalidDialException(string requestId, string argument, string why) : base($"Dial '{requestId}': {argument}: {why}")
    {
        RequestId = requestId;
        Argument = argument;
    }

    /// <summary>The caller's id of the dial.</summary>
    [Id(0)] public string RequestId { get; }

    /// <summary>What of it is wrong.</summary>
    [Id(1)] public string Argument { get; }
}

/// <summary>Dials by what they stand for, so that callers never build a key.</summary>
public static class OutboundCalls
{
    /// <summary>Before every dial's key: storage does not keep keys apart that read as the same number.</summary>
    public const string Prefix = "dial-";

    /// <summary>The grain of a dial.</summary>
    /// <param name="grains">The cluster.</param>
    /// <param name="account">The account's name in the cluster's configuration.</param>
    /// <param name="requestId">The caller's own id of the dial.</param>
    public static IOutboundCallGrain OutboundCall(this IGrainFactory grains, string account, CommandId requestId) =>
        grains.GetGrain<IOutboundCallGrain>($"{Prefix}{account}/{requestId}");

    /// <summary>Waits until the call is placed, or certain not to be. Goes on by itself when the silo that was asked dies.</summary>
    /// <exception cref="InvalidDialException">Nobody has asked for this dial.</exception>
    public static Task<DialOutcome> WhenPlaced(this IOutboundCallGrain dial, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dial);
        return CallGrains.AskUntilTold(() => dial.Outcome(cancellationToken), cancellationToken);
    }
}
