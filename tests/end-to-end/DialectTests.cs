using GoTo.Calls;
using GoTo.Simulator.Cloud;

namespace GoTo.EndToEnd.Tests;

/// <summary>The same calls over the specification's API and over GoTo's public one, as the simulator speaks it.</summary>
public sealed class DialectTests
{
    [Theory]
    [InlineData("arch-002")]
    [InlineData("goto-public")]
    public async Task The_same_calls_pass_in_both_dialects(string dialect)
    {
        await using var world = await World.Start();
        var settings = world.SiloSettings();
        var account = $"GoTo:Accounts:{World.Account}";
        settings[$"{account}:Dialect"] = dialect;
        settings[$"{account}:AccountKey"] = CloudAccount.Demo.Key;
        settings[$"{account}:OrganizationId"] = "org-1";
        settings[$"{account}:Extensions:0"] = "1001";
        settings[$"{account}:Extensions:1"] = "1003";
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();

        await using (var phone = world.Dial(Speech.Recorded)) await phone.IsFlawless();
        await using var talk = await Talk.Inbound(world, service);
        await talk.Done((call, id) => call.Hold(id));
        await talk.NobodyIsHeard();
        // GoTo's reply tells of it, and an event; either may come first.
        if ((await talk.Journal.Has<Held>()).ByReply) await talk.Journal.Has<HoldConfirmed>(confirmed => confirmed.OnHold);
        await talk.Done((call, id) => call.Resume(id));
        await talk.BothAreHeard();
        await talk.Done((call, id) => call.SendDtmf("1", id));
        Assert.Equal("1", await talk.Phone.Told("dtmf", "digit"));
        await talk.Done((call, id) => call.BlindTransfer("ext:1001", id));

        Assert.Equal("ext:1001", await talk.Phone.Told("transferred", "target"));
        Assert.Equal(EndReason.Transfer, ((Ended)(await talk.Journal.ToEnd())[^1]).Reason);
    }
}
