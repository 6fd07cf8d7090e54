using System.Net.Http.Json;
using GoTo.Calls;
using GoTo.EndToEnd.Tests.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>Calls that we place.</summary>
[Collection(HouseCollection.Name)]
public sealed class OutboundCallTests(House house)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_answers_talks_with_the_agent_and_the_same_dial_again_is_the_same_call()
    {
        const string number = "+15551230001";
        var phone = await Talk.Connect(house.World);
        await phone.Phone.Register(number, Stop);
        var (dial, request) = (house.Service.Cluster.OutboundCall(World.Account, CommandId.New()), Request($"tel:{number}"));

        await dial.Dial(request, Stop);
        var placed = await dial.WhenPlaced(Stop);
        await dial.Dial(request, Stop);
        Assert.Equal(placed, await dial.WhenPlaced(Stop));
        Assert.Equal(placed.Call!.Value.CallId, await phone.Phone.Rings(Stop));
        await using var talk = await Talk.Begin(house, placed.Call.Value, phone, phone.Phone.Answer);

        var call = await talk.Grain.Describe();
        Assert.Equal((CallDirection.Outbound, "acme", request.To), (call.Direction, call.Tenant, call.To));
        await talk.Done((grain, id) => grain.Hold(id));
        await talk.NobodyIsHeard();
        await talk.Done((grain, id) => grain.HangUp(HangUpReason.Normal, id));
        Assert.Equal(EndReason.LocalHangUp, ((Ended)(await talk.Journal.ToEnd())[^1]).Reason);
        Assert.Single(talk.Journal.Entries, entry => entry.Event is Dialed);
    }

    [Fact]
    public async Task An_agent_is_told_how_far_the_call_is()
    {
        const string number = "+15551230005";
        await using var phone = await Talk.Connect(house.World);
        await phone.Phone.Register(number, Stop);
        var room = $"room-{Guid.NewGuid():N}";
        await using var agent = await ToneAgent.Join(house.World, room, Talk.AgentPitch, Talk.PhonePitch);

        var id = await Place(Request($"tel:{number}") with { Agent = null, Room = room });
        var call = house.Service.Cluster.Call(id);
        await phone.Phone.Rings(Stop);
        await IsTold("dialing");
        await GoToSays(new
        {
            type = "call.ringing", timestamp = DateTimeOffset.UtcNow,
            data = new { callId = id.CallId, direction = "outbound", from = "", to = number, lineId = "line_tone" },
        });
        await IsTold("dialing", "ringing");
        await phone.Phone.Answer();
        await IsTold("dialing", "ringing", "active");
        var digits = CommandId.New();
        await call.SendDtmf("42", digits, Stop);
        await call.WhenSettled(digits, Stop);
        await call.HangUp(HangUpReason.Normal, CommandId.New(), Stop);

        await IsTold("dialing", "ringing", "active", "automation", "active", "hangup");

        Task IsTold(params string[] statuses) => Until.True(
            () => Task.FromResult(agent.Statuses.SequenceEqual(statuses)), TimeSpan.FromSeconds(20),
            $"the agent is told {string.Join(", ", statuses)}", () => string.Join(", ", agent.Statuses));
    }

    [Theory]
    [InlineData("busy", EndReason.Busy)]
    [InlineData("rejected", EndReason.Rejected)]
    public async Task Who_refuses_is_how_the_call_ends(string reason, EndReason expected)
    {
        var number = $"+1555123010{(int)expected % 10}";
        await using var phone = await Talk.Connect(house.World);
        await phone.Phone.Register(number, Stop);
        var call = await Place(Request($"tel:{number}"));
        await phone.Phone.Rings(Stop);

        await phone.Phone.Reject(reason);

        await using var journal = house.Service.Follow(call);
        Assert.Equal(expected, ((Ended)(await journal.ToEnd())[^1]).Reason);
    }

    [Fact]
    public async Task Who_does_not_answer_in_time_is_rung_no_longer()
    {
        const string number = "+15551230009";
        await using var phone = await Talk.Connect(house.World);
        await phone.Phone.Register(number, Stop);
        var call = await Place(Request($"tel:{number}") with { RingTimeout = TimeSpan.FromSeconds(3) });
        await phone.Phone.Rings(Stop);

        await using var journal = house.Service.Follow(call);
        var events = await journal.ToEnd();

        Assert.Equal(TimeLimit.Ringing, Assert.Single(events.OfType<TimeLimitReached>()).Limit);
        Assert.Equal(EndReason.NoAnswer, ((Ended)events[^1]).Reason);
        Assert.NotNull(await phone.Told("ended", "reason"));
        Assert.DoesNotContain(events, e => e is Connected);
    }

    [Fact]
    public async Task A_dial_whose_reply_is_lost_is_one_call_and_is_found_again()
    {
        const string number = "+15551230003";
        await using var phone = await Talk.Connect(house.World);
        await phone.Phone.Register(number, Stop);
        using var http = new HttpClient { BaseAddress = house.World.Cloud.BaseUrl };
        (await http.PostAsJsonAsync("/_sim/faults", new { path = "/calls", method = "POST", drop = true, carryOut = true }, Stop)).EnsureSuccessStatusCode();

        var dial = house.Service.Cluster.OutboundCall(World.Account, CommandId.New());
        await dial.Dial(Request($"tel:{number}"), Stop);
        var rung = await phone.Phone.Rings(Stop);
        await phone.Phone.Answer();

        var placed = await dial.WhenPlaced(Stop);
        Assert.Equal(new CallKey(World.Account, rung), placed.Call);
    }

    [Fact]
    public async Task What_cannot_be_dialed_is_refused_in_words()
    {
        var dial = house.Service.Cluster.OutboundCall(World.Account, CommandId.New());
        Assert.Equal("To", (await Assert.ThrowsAsync<InvalidDialException>(() => dial.Dial(Request("mailto:nobody"), Stop))).Argument);
        Assert.Equal("CallerId", (await Assert.ThrowsAsync<InvalidDialException>(() => dial.Dial(Request("ext:1001") with { CallerId = "911" }, Stop))).Argument);
        await Assert.ThrowsAsync<InvalidDialException>(() => dial.Outcome(Stop));

        await dial.Dial(Request("tel:+12125550124"), Stop);
        var outcome = await dial.WhenPlaced(Stop);
        Assert.Equal((null, CommandFailure.Refused), (outcome.Call, outcome.Failure));
    }

    /// <summary>An event that GoTo sends, and the simulator does not.</summary>
    private async Task GoToSays(object happened)
    {
        using var http = new HttpClient { BaseAddress = house.World.Cloud.BaseUrl };
        (await http.PostAsJsonAsync("/_sim/sockets/send", happened, Stop)).EnsureSuccessStatusCode();
    }

    private static DialRequest Request(string to) => new("acme", "line_tone", to, World.ToneAgent);

    private async Task<CallKey> Place(DialRequest request)
    {
        var dial = house.Service.Cluster.OutboundCall(World.Account, CommandId.New());
        await dial.Dial(request, Stop);
        return (await dial.WhenPlaced(Stop)).Call!.Value;
    }
}
