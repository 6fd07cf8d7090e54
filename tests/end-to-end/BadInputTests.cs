using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using GoTo.Calls;
using GoTo.Simulator.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>Bad input ends in a clear word to whoever sent it, and never in the end of the silo.</summary>
[Collection(HouseCollection.Name)]
public sealed class BadInputTests(House house)
{
    private const string Head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    private const string Audio = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:111 opus/48000/2\r\na=mid:0\r\n";
    private const string Ice = "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\n";

    [Fact]
    public async Task A_call_to_a_number_that_nobody_registered_is_rejected()
    {
        await using var phone = house.World.Dial(Speech.Short, World.UnknownNumber);
        await using var journal = house.Service.Follow(await phone.Rings());

        var report = await phone.IsOver();

        Assert.Equal((PhoneOutcome.NotAnswered, "rejected"), (report.Outcome, report.EndReason));
        var events = await journal.ToEnd();
        Assert.IsType<Rang>(events[0]);
        // GoTo's reply and its event race each other; what comes after the end is not kept.
        Assert.Equal(
            [new NumberUnknown(), new HangUpIntended(HangUpReason.Rejected, "cluster"), new Ended(EndReason.Rejected, TimeSpan.Zero)],
            events.Skip(1).Where(e => e is not HangUpAccepted));
    }

    [Fact]
    public async Task When_the_agent_does_not_come_the_phone_hears_busy_and_is_never_answered()
    {
        await using var phone = house.World.Dial(Speech.Short, World.NumberOfLateAgent);
        await using var journal = house.Service.Follow(await phone.Rings());

        var report = await phone.IsOver();

        Assert.Equal((PhoneOutcome.NotAnswered, "busy", null), (report.Outcome, report.EndReason, report.Answered));
        var events = await journal.ToEnd();
        Assert.Equal(
            [nameof(Rang), nameof(NumberResolved), nameof(RoomJoined), nameof(AgentMissing), nameof(HangUpIntended), nameof(Ended)],
            events.Where(e => e is not HangUpAccepted).Select(e => e.GetType().Name));
        Assert.Equal("no agent with audio within 1 s", events.OfType<AgentMissing>().Single().Detail);
        Assert.Equal(EndReason.Busy, ((Ended)events[^1]).Reason);
    }

    [Theory]
    [InlineData("v=0\r\nwhat=ever\r\n")]
    [InlineData(Head)]
    [InlineData(Head + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" + Ice)]
    [InlineData(Head + Audio)]
    [InlineData(Head + Audio + Ice)]
    public async Task An_offer_that_cannot_be_answered_ends_the_call_and_nothing_else(string sdp)
    {
        await using (var phone = await RawPhone.Connect(house.World.Cloud.PhoneSocketUrl))
        {
            await using var journal = house.Service.Follow(await phone.Dial(World.Number, sdp));

            var ended = await phone.HearsOf("ended");

            Assert.Equal("agent_hangup", (string?)ended["reason"]);
            var events = await journal.ToEnd();
            Assert.NotEmpty(Assert.Single(events.OfType<AnswerFailed>()).Detail);
            Assert.DoesNotContain(events, e => e is AnswerIntended or Connected);
        }
        await house.TakesACall();
    }

    [Fact]
    public async Task Events_that_make_no_sense_are_passed_over()
    {
        await NothingIsLive();
        var before = await house.Service.GoTo.Channel(World.Account);
        Assert.True(before.Connected);

        await SendOnTheEventSocket("{}"u8);
        await SendOnTheEventSocket("""{"type":"call.ringing"}"""u8);
        await SendOnTheEventSocket("""{"type":"call.ended","data":{"callId":"never-seen"}}"""u8);
        await SendOnTheEventSocket("""{"type":7,"data":[]}"""u8);
        await SendOnTheEventSocket("""{"eventType":"call.ringing","callId":"","data":{"callId":null}}"""u8);
        await SendOnTheEventSocket("not JSON"u8);
        await SendOnTheEventSocket([0xFF, 0x00, 0xC3], binary: true);
        await SendOnTheEventSocket("[]"u8);

        await house.TakesACall();
        await NothingIsLive();
        Assert.Equal(before, await house.Service.GoTo.Channel(World.Account));
        Assert.True(await house.Silo.IsHealthy());
    }

    [Fact]
    public async Task With_a_wrong_password_the_silo_stays_up_and_says_what_is_wrong()
    {
        const string password = "wrong-password-marker";
        var settings = house.World.SiloSettings();
        settings[$"GoTo:Accounts:{World.Account}:Password"] = password;
        settings["GoTo:Cluster:SqliteFile"] += ".other";
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);

        string? failure = null;
        await Until.True(
            async () => (failure = (await service.GoTo.Channel(World.Account)).LastFailure) is not null,
            TimeSpan.FromSeconds(20), "the channel says why it is not connected");

        Assert.False((await service.GoTo.Channel(World.Account)).Connected);
        Assert.Contains($"'{World.Account}'", failure, StringComparison.Ordinal);
        Assert.Contains("invalid_grant", failure, StringComparison.Ordinal);
        Assert.DoesNotContain(password, failure, StringComparison.Ordinal);
        Assert.True(await silo.IsHealthy());
        Assert.Equal(0, await silo.Stop());
        Assert.DoesNotContain(password, silo.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("demo-client", silo.Output, StringComparison.Ordinal);
    }

    private Task SendOnTheEventSocket(ReadOnlySpan<byte> message, bool binary = false) =>
        SendOnTheEventSocket(new ByteArrayContent(message.ToArray()), binary ? "application/octet-stream" : "application/json");

    private async Task SendOnTheEventSocket(ByteArrayContent message, string type)
    {
        using var http = new HttpClient { BaseAddress = house.World.Cloud.BaseUrl };
        using var body = message;
        body.Headers.ContentType = new MediaTypeHeaderValue(type);
        using var reply = await http.PostAsync(new Uri("_sim/sockets/send", UriKind.Relative), body, TestContext.Current.CancellationToken);
        var sockets = JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["sockets"];
        Assert.Equal(1, (int?)sockets);
    }

    private Task NothingIsLive() => Until.True(
        async () => (await house.Service.GoTo.Calls.List(World.Account, TestContext.Current.CancellationToken)).Count == 0
            && (await house.Service.GoTo.Channel(World.Account)).LiveCalls == 0,
        TimeSpan.FromSeconds(10), "no call is live");
}
