using System.Runtime.CompilerServices;
using GoTo.Calls;

namespace GoTo.Grains.Tests.Calls;

/// <summary>
/// What may wait to be stored is this and nothing else: the storms do not notice every intent that waits, since they ask GoTo
/// after each crash.
/// </summary>
public sealed class WriteRulesTests
{
    private static readonly CallCommand OfTheCluster = new CallCommand.CloseMedia();

    [Fact]
    public void Only_what_GoTo_tells_again_and_what_is_done_again_without_harm_may_wait() => Assert.Equal(
        [
            nameof(AgentReady), nameof(AnswerAccepted), nameof(Connected), nameof(Greeted), nameof(HangUpAccepted), nameof(Held), nameof(HoldConfirmed),
            nameof(MediaClosed), nameof(Muted), nameof(Rang), nameof(RecordWritten), nameof(Resumed), nameof(RoomJoined),
            nameof(Transferred), nameof(Unmuted),
        ],
        Kinds<CallEvent>().Where(kind => WriteRules.MayWait(new CallState(), OfTheCluster, [Any<CallEvent>(kind)]))
            .Select(kind => kind.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void One_event_that_may_not_wait_takes_the_others_with_it() =>
        Assert.False(WriteRules.MayWait(new CallState(), OfTheCluster, [new MediaClosed(), new AnswerIntended()]));

    [Fact]
    public void Whoever_is_told_of_a_command_finds_it_stored() => Assert.Equal(
        ["Claim", "Dial", "Operate", "Release"],
        Kinds<CallCommand>().Where(kind => !WriteRules.MayWait(new CallState(), Any<CallCommand>(kind), []))
            .Select(kind => kind.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Only_effects_that_look_or_repeat_or_store_their_own_intent_go_ahead() => Assert.Equal(
        ["Answer", "CloseMedia", "Reconcile", "Record", "RouteNumber"],
        Enum.GetValues<CallEffect>().Where(WriteRules.MayGoAhead).Select(effect => $"{effect}").Order(StringComparer.Ordinal));

    private static IEnumerable<Type> Kinds<T>() => typeof(T).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(T)) && !type.IsAbstract);

    // The rules look at the kind alone, but for commands that the call remembers; an empty call remembers none.
    private static T Any<T>(Type kind) => (T)RuntimeHelpers.GetUninitializedObject(kind);
}
