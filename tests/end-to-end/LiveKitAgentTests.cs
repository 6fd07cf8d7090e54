using System.Globalization;
using System.Text.Json;
using GoTo.LiveKitSdk.Tests;

namespace GoTo.EndToEnd.Tests;

/// <summary>Calls that an agent on LiveKit's own <c>@livekit/rtc-node</c> answers.</summary>
public sealed class LiveKitAgentTests
{
    [Fact]
    public async Task A_phone_hears_its_own_tone_from_an_agent_that_knows_nothing_of_us()
    {
        const int packets = 150;
        await using var world = await World.Start();
        var settings = world.SiloSettings(patience: TimeSpan.FromSeconds(30));
        await using var agent = await NodeScript.Start(
            "echo-agent.mjs", world.LiveKit.Url!.ToString(), world.LiveKit.ApiKey!, world.LiveKit.ApiSecret!, World.LateAgent);
        await agent.Call("register");
        await agent.Event("registered");
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();

        await using var phone = ChildProcess.Python(
            "aiortc_phone.py", world.Cloud.PhoneSocketUrl.ToString(), World.NumberOfLateAgent,
            packets.ToString(CultureInfo.InvariantCulture));

        Assert.Equal(0, await phone.Exit(TimeSpan.FromSeconds(60)));
        using var report = JsonDocument.Parse(phone.Output.Split('\n').Last(line => line.StartsWith('{')));
        var figures = report.RootElement;
        Assert.InRange(figures.GetProperty("received").GetInt32(), packets, int.MaxValue);
        Assert.Equal(0, figures.GetProperty("lost").GetInt32());
        Assert.InRange(figures.GetProperty("pitch").GetInt32(), 435, 445);
        // It leaves with the caller: nobody is left in the room.
        await agent.Event("disconnected");
    }
}
