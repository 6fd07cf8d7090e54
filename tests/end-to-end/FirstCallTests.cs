using System.Globalization;
using System.Text.Json;
using GoTo.Calls;
using GoTo.Simulator.Phones;

namespace GoTo.EndToEnd.Tests;

/// <summary>The first call, judged by the phone's own figures and by the call's journal.</summary>
[Collection(HouseCollection.Name)]
public sealed class FirstCallTests(House house)
{
    [Fact]
    public async Task What_the_phone_says_comes_back_bit_exact_and_the_journal_tells_the_call()
    {
        await using var phone = house.World.Dial(Speech.Recorded);
        await using var journal = house.Service.Follow(await phone.Rings());

        var report = await phone.IsFlawless();

        Assert.Equal(Speech.Recorded.Count, report.Echo.Sent);
        var events = await journal.ToEnd();
        AssertAnswered(events);
        Assert.Equal(new Ended(EndReason.RemoteHangUp, ((Ended)events[^1]).Talked), events[^1]);
        var snapshot = await house.Service.GoTo.Calls.Get(
            new CallKey(World.Account, report.CallId!), TestContext.Current.CancellationToken);
        Assert.Equal(
            (CallPhase.Ended, EndReason.RemoteHangUp, World.Number, "acme", "echo", true, true),
            (snapshot.Phase, snapshot.EndReason, snapshot.To, snapshot.Tenant, snapshot.Agent, snapshot.CallerHeard, snapshot.AgentHeard));
    }

    [Fact]
    public async Task A_service_hangs_up()
    {
        using var speech = new Speech();
        await using var phone = house.World.Dial(speech.UntilStopped);
        var call = await phone.Rings();
        await using var journal = house.Service.Follow(call);
        await journal.HasAudio();

        await house.Service.GoTo.Calls.HangUp(call, cancellationToken: TestContext.Current.CancellationToken);

        var report = await phone.IsOver();
        Assert.Equal((PhoneOutcome.CutOff, "agent_hangup"), (report.Outcome, report.EndReason));
        var events = await journal.ToEnd();
        AssertAnswered([.. events.Where(e => e is not (CommandAccepted or CommandSettled or HangUpIntended or HangUpAccepted))]);
        Assert.Equal(new HangUpIntended(HangUpReason.Normal, Service.Actor), Assert.Single(events.OfType<HangUpIntended>()));
        Assert.Equal(EndReason.LocalHangUp, ((Ended)events[^1]).Reason);
        await Assert.ThrowsAsync<CallTransitionException>(() =>
            house.Service.GoTo.Calls.HangUp(call, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_phone_on_aiortc_hears_its_own_tone()
    {
        const int packets = 100;
        await using var phone = ChildProcess.Python(
            "aiortc_phone.py", house.World.Cloud.PhoneSocketUrl.ToString(), World.Number, packets.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(0, await phone.Exit(TimeSpan.FromSeconds(40)));

        using var report = JsonDocument.Parse(phone.Output.Split('\n').Last(line => line.StartsWith('{')));
        var figures = report.RootElement;
        Assert.Equal(
            ["ringing", "answer", "connected", "ended"], figures.GetProperty("said").EnumerateArray().Select(word => word.GetString()));
        Assert.InRange(figures.GetProperty("received").GetInt32(), packets, int.MaxValue);
        Assert.Equal(0, figures.GetProperty("lost").GetInt32());
        Assert.InRange(figures.GetProperty("pitch").GetInt32(), 435, 445);
        await AssertHungUpByCaller(figures.GetProperty("callId").GetString()!);
    }

    [Fact]
    public async Task A_person_calls_from_the_phone_page_in_Chromium()
    {
        const int packets = 100;
        await using var browser = new Interop.Tests.ChromiumBrowser();
        var page = await browser.NewPage();
        await page.GotoAsync(house.World.Cloud.PhonePageUrl.ToString());

        await page.ClickAsync("#call");

        await page.WaitForFunctionAsync(
            "packets => +sent.textContent >= packets && +received.textContent >= packets", packets, new() { Timeout = 30_000 });
        Assert.Equal("connected", await page.EvaluateAsync<string>("() => phone.state"));
        Assert.Equal(0, await page.EvaluateAsync<int>("async () => (await phone.stats()).packetsLost"));
        Assert.Contains("Sound arrives", await page.EvaluateAsync<string[]>("() => phone.timeline.map(item => item.what)"));
        var call = await page.EvaluateAsync<string>("() => phone.callId");

        await page.ClickAsync("#hangup");

        await page.WaitForFunctionAsync("() => phone.status === 'Ended: you hung up'", null, new() { Timeout = 10_000 });
        await AssertHungUpByCaller(call);
    }

    private async Task AssertHungUpByCaller(string callId)
    {
        await using var journal = house.Service.Follow(new CallKey(World.Account, callId));
        var events = await journal.ToEnd();
        AssertAnswered(events);
        Assert.Equal(EndReason.RemoteHangUp, ((Ended)events[^1]).Reason);
    }

    /// <summary>The events of an answered call, all of them, each once, in the order that cause and effect give them.</summary>
    private static void AssertAnswered(IReadOnlyList<CallEvent> events)
    {
        Assert.Equal(
            [nameof(Rang), nameof(NumberResolved), nameof(RoomJoined), nameof(AgentReady), nameof(AnswerIntended)],
            events.Take(5).Select(e => e.GetType().Name));
        // GoTo's reply, its event and the audio race each other.
        Assert.Equal(
            [nameof(AnswerAccepted), nameof(Connected), "from agent", "from caller"],
            events.Skip(5).SkipLast(1).Select(Name).Order(StringComparer.Ordinal));
        Assert.IsType<Ended>(events[^1]);
        Assert.Equal(World.Number, ((Rang)events[0]).To);

        static string Name(CallEvent happened) => happened switch
        {
            AudioStarted { Direction: AudioDirection.FromCaller } => "from caller",
            AudioStarted => "from agent",
            _ => happened.GetType().Name,
        };
    }
}
