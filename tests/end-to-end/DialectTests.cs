using System.Net.Http.Json;
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
        var settings = Settings(world, dialect);
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

    [Theory]
    [InlineData("arch-002", "line_tone")]
    [InlineData("goto-public", "1003")]
    public async Task A_call_that_we_place_passes_in_both_dialects(string dialect, string line)
    {
        const string number = "+15551230001";
        await using var world = await World.Start();
        var settings = Settings(world, dialect);
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        var phone = await Talk.Connect(world);
        await phone.Phone.Register(number, Stop);

        var dial = await Dial(service, line, number);
        var placed = (await dial.WhenPlaced(Stop)).Call!.Value;
        Assert.Equal(placed.CallId, await phone.Phone.Rings(Stop));
        await using var talk = await Talk.Begin(world, service, placed, phone, phone.Phone.Answer);
        await talk.Done((call, id) => call.Hold(id));
        await talk.NobodyIsHeard();
        await talk.Done((call, id) => call.Resume(id));
        await talk.BothAreHeard();
        await talk.Done((call, id) => call.HangUp(HangUpReason.Normal, id));

        Assert.Equal(EndReason.LocalHangUp, ((Ended)(await talk.Journal.ToEnd())[^1]).Reason);
    }

    /// <summary>GoTo's SDP answer was in the reply, and where else to have it is not known: without it there is no audio.</summary>
    [Fact]
    public async Task In_goto_public_a_dial_whose_reply_is_lost_is_one_call_that_is_hung_up()
    {
        const string number = "+15551230003";
        await using var world = await World.Start();
        var settings = Settings(world, "goto-public");
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        await using var phone = await Talk.Connect(world);
        await phone.Phone.Register(number, Stop);
        using var http = new HttpClient { BaseAddress = world.Cloud.BaseUrl };
        (await http.PostAsJsonAsync("/_sim/faults", new { path = "/calls", method = "POST", drop = true, carryOut = true }, Stop)).EnsureSuccessStatusCode();

        var dial = await Dial(service, "1003", number);
        var rung = await phone.Phone.Rings(Stop);
        await phone.Phone.Answer();

        var placed = await dial.WhenPlaced(Stop);
        Assert.Equal(new CallKey(World.Account, rung), placed.Call);
        await using var journal = service.Follow(placed.Call!.Value);
        var events = await journal.ToEnd();
        Assert.Contains("GoTo's answer to it was lost", Assert.Single(events.OfType<AnswerFailed>()).Detail, StringComparison.Ordinal);
        Assert.Equal(EndReason.LocalHangUp, ((Ended)events[^1]).Reason);
        Assert.NotNull(await phone.Told("ended", "reason"));
        Assert.Single(phone.Phone.AllTold("ring"));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static async Task<IOutboundCallGrain> Dial(Service service, string line, string number)
    {
        var dial = service.Cluster.OutboundCall(World.Account, CommandId.New());
        await dial.Dial(new DialRequest("acme", line, $"tel:{number}", World.ToneAgent), Stop);
        return dial;
    }

    private static Dictionary<string, string?> Settings(World world, string dialect)
    {
        var settings = world.SiloSettings();
        var account = $"GoTo:Accounts:{World.Account}";
        settings[$"{account}:Dialect"] = dialect;
        settings[$"{account}:AccountKey"] = CloudAccount.Demo.Key;
        settings[$"{account}:OrganizationId"] = "org-1";
        settings[$"{account}:Extensions:0"] = "1001";
        settings[$"{account}:Extensions:1"] = "1003";
        return settings;
    }
}
