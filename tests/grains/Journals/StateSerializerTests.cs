using GoTo.Calls;
using GoTo.Journals;
using GoTo.Numbers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;

namespace GoTo.Grains.Tests.Journals;

public sealed class StateSerializerTests
{
    private readonly ServiceProvider _services = new ServiceCollection().AddStateSerializer().BuildServiceProvider();

    public static TheoryData<Type> States =>
    [
        .. typeof(CallJournal).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(Grain)))
            .SelectMany(grain => grain.GetConstructors()).SelectMany(made => made.GetParameters())
            .Select(parameter => parameter.ParameterType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IPersistentState<>))
            .Select(type => type.GetGenericArguments()[0]),
    ];

    [Theory]
    [MemberData(nameof(States))]
    public void What_is_stored_of_a_grain_can_move_with_it(Type state) =>
        Assert.NotNull(_services.GetRequiredService<ICodecProvider>().TryGetCodec(state));

    [Fact]
    public void A_journal_moves_whole()
    {
        var at = new DateTimeOffset(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);
        var journal = new CallJournal { ChannelEpoch = 7 };
        foreach (var command in new CallCommand[]
        {
            new CallCommand.Ring("+15551234567", "+15559876543", "line_1", null),
            new CallCommand.Route(new NumberRegistration("acme", "agent")), new CallCommand.JoinRoom("room", "phone"),
        })
            journal = journal.Append(command, CallDecision.Decide(journal.State, command, at).Events, at, "goto", "event_1");
        var serializer = _services.GetRequiredService<Serializer>();

        var moved = serializer.Deserialize<GrainState<CallJournal>>(
            serializer.SerializeToArray(new GrainState<CallJournal>(journal, "3") { RecordExists = true }))!;

        Assert.Equal(("3", true), (moved.ETag, moved.RecordExists));
        var there = Assert.IsType<CallJournal>(moved.State);
        Assert.Equal((journal.State.Version, 7, "room"), (there.State.Version, there.ChannelEpoch, there.State.Room));
        Assert.Equal(journal.EntriesAfter(0), there.EntriesAfter(0));
        Assert.Null(CallReplay.Run(new CallKey("main", "call_1"), there).DivergesAt);
    }
}
