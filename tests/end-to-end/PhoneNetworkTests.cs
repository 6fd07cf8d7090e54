using System.Net.Http.Json;
using GoTo.Calls;
using GoTo.Simulator.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>Phones with a bad network (<c>/_sim/network</c> in the simulator's README).</summary>
[Collection(HouseCollection.Name)]
public sealed class PhoneNetworkTests(House house)
{
    [Fact]
    public async Task Packets_are_lost_and_late_and_the_call_goes_on()
    {
        var report = await Call(new { loss = 0.1, delayMs = 10, jitterMs = 30 });

        Assert.Equal(PhoneOutcome.Completed, report.Outcome);
        // A tenth on each way.
        Assert.InRange(report.Echo.Received, report.Echo.Sent / 2, report.Echo.Sent - 1);
    }

    [Fact]
    public async Task Audio_goes_one_way_only()
    {
        var report = await Call(new { audio = "from-phone" });

        Assert.Equal(0, report.Echo.Received);
        Assert.NotNull(report.Connected);
        await using var journal = house.Service.Follow(new CallKey(World.Account, report.CallId!));
        await journal.Has<AudioStarted>(audio => audio.Direction is AudioDirection.FromCaller);
    }

    [Fact]
    public async Task A_phone_that_cannot_be_reached_is_answered_and_never_connected()
    {
        var report = await Call(new { unreachable = true });

        Assert.NotNull(report.Answered);
        Assert.Null(report.Connected);
        await house.TakesACall();
    }

    private async Task<PhoneReport> Call(object network)
    {
        using var sim = new HttpClient { BaseAddress = house.World.Cloud.BaseUrl };
        using var set = await sim.PostAsJsonAsync(new Uri("_sim/network", UriKind.Relative), network, TestContext.Current.CancellationToken);
        set.EnsureSuccessStatusCode();
        await using var phone = house.World.Dial(Speech.Short);
        try
        {
            await phone.Rings();
        }
        finally
        {
            using var reset = await sim.DeleteAsync(new Uri("_sim/network", UriKind.Relative), TestContext.Current.CancellationToken);
        }

        return await phone.IsOver(TimeSpan.FromSeconds(60));
    }
}
