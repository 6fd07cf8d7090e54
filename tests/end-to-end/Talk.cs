using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>A phone and an agent who hear each other: each says a pitch of its own.</summary>
internal sealed class Talk : IAsyncDisposable
{
    public const double PhonePitch = 440;
    public const double AgentPitch = 660;

    /// <summary>Somebody else, whom the call may be transferred to or merged with.</summary>
    public const double OtherPitch = 880;

    private readonly Service _service;

    private Talk(Service service, CallKey call, TonePhone phone, ToneAgent agent, JournalReader journal) =>
        (_service, Call, Phone, Agent, Journal) = (service, call, phone, agent, journal);

    public CallKey Call { get; }

    public TonePhone Phone { get; }

    public ToneAgent Agent { get; }

    public JournalReader Journal { get; }

    public ICallGrain Grain => _service.Cluster.Call(Call);

    public static Task<TonePhone> Connect(World world) =>
        TonePhone.Connect(world.Cloud.PhoneSocketUrl, world.Engine, "phone", PhonePitch, AgentPitch, OtherPitch);

    /// <summary>A phone calls in.</summary>
    public static Task<Talk> Inbound(House house) => Inbound(house.World, house.Service);

    /// <summary>A phone calls in.</summary>
    public static async Task<Talk> Inbound(
        World world, Service service, string number = World.NumberOfToneAgent, TonePhone? present = null)
    {
        var phone = present ?? await Connect(world);
        var id = await phone.Phone.Dial("+15551234567", number, TestContext.Current.CancellationToken);
        return await Begin(world, service, new CallKey(World.Account, id), phone);
    }

    /// <summary>The agent joins the call's room, and they hear each other.</summary>
    public static Task<Talk> Begin(House house, CallKey call, TonePhone phone, Func<Task>? pickUp = null) =>
        Begin(house.World, house.Service, call, phone, pickUp);

    /// <summary>The same, in a world of the test's own.</summary>
    public static async Task<Talk> Begin(World world, Service service, CallKey call, TonePhone phone, Func<Task>? pickUp = null)
    {
        var journal = service.Follow(call);
        var joined = await journal.Has<RoomJoined>();
        var agent = await ToneAgent.Join(world, joined.Room, AgentPitch, PhonePitch, OtherPitch);
        if (pickUp is not null) await pickUp();
        await journal.Has<Connected>();
        var talk = new Talk(service, call, phone, agent, journal);
        await talk.BothAreHeard();
        return talk;
    }

    public Task BothAreHeard() => Task.WhenAll(Phone.Hears(AgentPitch), Agent.Hears(PhonePitch));

    public Task NobodyIsHeard() => Task.WhenAll(Phone.Hears(), Agent.Hears());

    /// <summary>Asks for something, and waits for what comes of it.</summary>
    public async Task<CommandOutcome> Do(Func<ICallGrain, CommandId, Task<CommandReceipt>> command)
    {
        var id = CommandId.New();
        await command(Grain, id);
        return await Grain.WhenSettled(id, TestContext.Current.CancellationToken);
    }

    /// <summary>Asks for something that is to be done.</summary>
    public async Task Done(Func<ICallGrain, CommandId, Task<CommandReceipt>> command)
    {
        var outcome = await Do(command);
        Assert.True(outcome.IsDone, $"{outcome}");
    }

    public async ValueTask DisposeAsync()
    {
        await Phone.DisposeAsync();
        await Agent.DisposeAsync();
        await Journal.DisposeAsync();
    }
}
