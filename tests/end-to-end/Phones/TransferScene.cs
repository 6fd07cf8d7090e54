using GoTo.Calls;
using GoTo.Transfers;

namespace GoTo.EndToEnd.Tests.Phones;

/// <summary>A caller who talks with an agent, and somebody else with a phone: the target of a warm transfer.</summary>
internal sealed class TransferScene : IAsyncDisposable
{
    public const double Caller = Talk.PhonePitch;
    public const double Agent = Talk.AgentPitch;
    public const double Target = Talk.OtherPitch;

    private const string TargetNumber = "+15551239000";

    private readonly Service _service;

    private TransferScene(Service service, Talk talk, TonePhone target) => (_service, Talk, TargetPhone) = (service, talk, target);

    public Talk Talk { get; }

    public TonePhone CallerPhone => Talk.Phone;

    public TonePhone TargetPhone { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<TransferScene> Begin(House house) => new(
        house.Service, await Talk.Inbound(house), await ConnectTarget(house.World));

    /// <summary>The target's phone, with its number.</summary>
    public static async Task<TonePhone> ConnectTarget(World world, string number = TargetNumber)
    {
        var target = await TonePhone.Connect(world.Cloud.PhoneSocketUrl, world.Engine, "target", Target, Caller, Agent);
        await target.Phone.Register(number, Stop);
        return target;
    }

    public static WarmTransferRequest To(string target = $"tel:{TargetNumber}") => new(target);

    /// <summary>A warm transfer of the caller begins.</summary>
    public async Task<IWarmTransferGrain> Transfer(WarmTransferRequest? request = null)
    {
        var transfer = _service.Cluster.WarmTransfer(Talk.Call, CommandId.New());
        await transfer.Begin(request ?? To(), Stop);
        return transfer;
    }

    /// <summary>A warm transfer has come so far that the agent briefs the target, and the caller waits.</summary>
    public async Task<IWarmTransferGrain> Briefing()
    {
        var transfer = await Transfer();
        await TargetPhone.Phone.Rings(Stop);
        await CallerPhone.Hears();
        await TargetPhone.Phone.Answer();
        await Task.WhenAll(TargetPhone.Hears(Agent), Talk.Agent.Hears(Target), CallerPhone.Hears());
        await Reaches(transfer, TransferPhase.Briefing);
        return transfer;
    }

    public static Task Reaches(IWarmTransferGrain transfer, TransferPhase phase) => Until.True(
        async () => (await transfer.Describe()).Phase == phase, TimeSpan.FromSeconds(30), $"the transfer is {phase}");

    /// <summary>The transfer is over with a result, and caller and agent talk as before; nobody is left in the consult.</summary>
    public async Task IsUndone(IWarmTransferGrain transfer, TransferResult result)
    {
        var outcome = await transfer.WhenOver(Stop).Within(TimeSpan.FromSeconds(30), "the transfer is over");
        Assert.Equal(result, outcome.Result);
        await Talk.BothAreHeard();
        await TargetPhone.Hears();
        var call = await Talk.Grain.Describe();
        Assert.Equal((CallPhase.Connected, false, null), (call.Phase, call.OnHold, call.ClaimedBy));
        if (outcome.Consult is { } consult) Assert.Equal(CallPhase.Ended, (await _service.Cluster.Call(consult).Describe()).Phase);
    }

    public async ValueTask DisposeAsync()
    {
        await Talk.DisposeAsync();
        await TargetPhone.DisposeAsync();
    }
}
