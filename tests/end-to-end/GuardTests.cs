using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;
using GoTo.Simulator.Phones;
using GoTo.Tones;

namespace GoTo.EndToEnd.Tests;

/// <summary>A silo with little patience with silent phones, and a place for calls to numbers that nobody registered.</summary>
public sealed class GuardTests : IAsyncLifetime
{
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(60);

    private World _world = null!;
    private SiloProcess _silo = null!;
    private Service _service = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.Start();
        var settings = new Dictionary<string, string?>(_world.SiloSettings())
        {
            ["GoTo:Calls:SilenceWarning"] = "00:00:10",
            ["GoTo:Calls:LongestSilence"] = "00:00:12",
            ["GoTo:Calls:UnknownNumbers"] = "ext:1001",
        };
        _silo = await SiloProcess.Start(settings);
        _service = await Service.Connect(settings);
        await _service.ChannelUp();
    }

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        await _silo.DisposeAsync();
        await _world.DisposeAsync();
    }

    [Fact]
    public async Task A_phone_that_falls_silent_is_warned_of_and_hung_up()
    {
        await using var phone = await Telephone.Connect(
            _world.Cloud.PhoneSocketUrl, _world.Engine, ToneGenerator.Packets(Talk.PhonePitch, TimeSpan.FromSeconds(4)),
            () => new PacketEar([]), TimeProvider.System, Stop);
        await using var journal = _service.Follow(new CallKey(World.Account, await phone.Dial("+15551234567", World.Number, Stop)));
        await journal.Has<AudioStarted>(audio => audio.Direction is AudioDirection.FromCaller);

        await journal.Has<AudioMissing>(limit: SilenceLimit);
        var events = await journal.ToEnd(SilenceLimit);

        Assert.Equal("agent_hangup", (string?)(await phone.Told("ended", Stop))["reason"]);
        Assert.Equal(TimeLimit.Silence, Assert.Single(events.OfType<TimeLimitReached>()).Limit);
        Assert.Equal(EndReason.LocalHangUp, ((Ended)events[^1]).Reason);
    }

    [Fact]
    public async Task A_caller_of_a_number_that_nobody_registered_is_passed_on()
    {
        await using var phone = await Talk.Connect(_world);
        var call = new CallKey(World.Account, await phone.Phone.Dial("+15551234567", World.UnknownNumber, Stop));
        await using var journal = _service.Follow(call);

        Assert.Equal("ext:1001", await phone.Told("transferred", "target"));

        var events = await journal.ToEnd();
        Assert.Contains(new NumberUnknown(), events);
        Assert.Equal(EndReason.Transfer, ((Ended)events[^1]).Reason);
    }
}
