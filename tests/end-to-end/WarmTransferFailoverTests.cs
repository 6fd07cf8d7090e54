using System.Net.Http.Json;
using System.Text.Json;
using GoTo.EndToEnd.Tests.Phones;
using GoTo.Transfers;

namespace GoTo.EndToEnd.Tests;

/// <summary>
/// Warm transfers on three silos, whose sagas, calls and audio are each on a silo of its own, when one of the three is killed:
/// before and after every step, side by side. The others carry on: nobody is left waiting or is called twice, everybody belongs
/// to one, and whoever asked hears what came of it from a silo that lives.
/// </summary>
public sealed class WarmTransferFailoverTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private World _world = null!;
    private HttpClient _cloud = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _world = await World.Start();
        _cloud = new HttpClient { BaseAddress = _world.Cloud.BaseUrl };
    }

    public async ValueTask DisposeAsync()
    {
        _cloud.Dispose();
        await _world.DisposeAsync();
    }

    [Fact]
    public Task When_the_silo_of_the_transfers_is_killed_the_others_carry_them_on() => Killed(cluster => cluster.Transfers);

    [Fact]
    public Task When_the_silo_of_the_calls_is_killed_the_others_carry_them_on() => Killed(cluster => cluster.Calls);

    [Fact]
    public Task When_the_silo_of_the_audio_is_killed_every_caller_has_somebody_all_the_same() => Killed(cluster => cluster.Audio);

    private async Task Killed(Func<Cluster, SiloProcess> victim)
    {
        await using var cluster = await Cluster.Start(_world);
        var scenes = new List<FailoverScene>();
        try
        {
            foreach (var (index, death) in Death.All.Index())
            {
                var scene = await FailoverScene.Prepare(_world, cluster.Service, _cloud, death, index);
                scenes.Add(scene);
                await cluster.Service.Move(scene.Talk.Call, cluster.Calls.SiloPort);
            }
            Assert.All(await cluster.Service.Locate("media"), audio => Assert.Equal(cluster.Audio.SiloPort, audio.Value));

            // Those that only wait, then the dials one by one, whose request tells nobody's name, then all the others at once.
            foreach (var scene in scenes.Where(scene => scene.Death.Step is null)) await Begin(cluster, scene);
            foreach (var scene in scenes.Where(scene => scene.Death.Step is "/calls")) await Begin(cluster, scene);
            await Task.WhenAll(scenes.Where(scene => scene.Death.Step is not (null or "/calls")).Select(scene => Begin(cluster, scene)));
            Assert.All(await cluster.Service.Locate("warm-transfer"), saga => Assert.Equal(cluster.Transfers.SiloPort, saga.Value));
            await victim(cluster).Kill();

            foreach (var scene in scenes) scene.GoOn();
            await Task.WhenAll(scenes.Select(scene => IsSettled(scene, audioDied: victim(cluster) == cluster.Audio)));
        }
        finally
        {
            await Task.WhenAll(scenes.Select(scene => scene.DisposeAsync().AsTask()));
        }
    }

    /// <summary>It stands where its silo is to die: GoTo has its request, if it dies with one.</summary>
    private async Task Begin(Cluster cluster, FailoverScene scene)
    {
        await cluster.Service.At(cluster.Transfers.SiloPort, scene.Begin);
        await Until.True(async () => (await AtGoTo()).GetProperty("faultsToCome").GetInt32() == 0, Limit, $"GoTo has the requests of {scene.Death}");
    }

    private async Task IsSettled(FailoverScene scene, bool audioDied)
    {
        var outcome = await scene.IsOver();
        var (call, caller) = (scene.Talk.Call.CallId, scene.Talk.Phone);
        if (outcome.Result is TransferResult.Completed)
        {
            await Task.WhenAll(caller.Hears(TransferScene.Target), scene.Target.Hears(TransferScene.Caller));
            // The room waits a while for participants whose silo died, and the agent's ear with it.
            if (!audioDied) await scene.Talk.Agent.Hears();
        }
        else if (audioDied)
        {
            // GoTo brings the caller back to the number that was called: there the call rings anew.
            Assert.Equal($"tel:{World.NumberOfToneAgent}", await caller.Told("transferred", "target"));
            await scene.Target.Hears();
        }
        else
        {
            await Task.WhenAll(scene.Talk.BothAreHeard(), scene.Target.Hears());
        }
        var state = Text((await CallsAtGoTo()).Single(at => Text(at, "callId") == call), "state");
        Assert.True(
            outcome.Result is TransferResult.Completed || audioDied ? state is "transferred" or "ended" : state is "connected",
            $"{scene.Death}: {outcome}, and the caller's call is {state}.");
        // A dial whose reply nobody got is not repeated: GoTo tells nothing of that call, and gives it up by itself.
        IReadOnlyList<string?> consults = [];
        await Until.True(
            async () =>
            {
                consults = [.. (await CallsAtGoTo())
                    .Where(at => Text(at, "direction") == "outbound" && Text(at, "to")!.EndsWith(scene.Number[1..], StringComparison.Ordinal))
                    .Select(at => Text(at, "state"))];
                return consults.All(each => each is "ended" or "transferred");
            },
            Limit, $"{scene.Death}: no call to the target is left");
        Assert.True(consults.Count <= 1, $"{scene.Death}: the target was called {consults.Count} times.");
        TestContext.Current.TestOutputHelper?.WriteLine($"{scene.Death}: {outcome}");
    }

    private async Task<IReadOnlyList<JsonElement>> CallsAtGoTo() => [.. (await AtGoTo()).GetProperty("calls").EnumerateArray()];

    private async Task<JsonElement> AtGoTo() => await _cloud.GetFromJsonAsync<JsonElement>("/_sim/state", Stop);

    private static string? Text(JsonElement call, string name) => call.GetProperty(name).GetString();

    /// <summary>Three silos, each with a part of its own, and a service that uses them.</summary>
    private sealed record Cluster(SiloProcess Audio, SiloProcess Calls, SiloProcess Transfers, Service Service) : IAsyncDisposable
    {
        public static async Task<Cluster> Start(World world)
        {
            var settings = world.ClusterSettings(silos: 3);
            foreach (var other in settings.Skip(1)) other["GoTo:Media:MostCalls"] = "0";
            foreach (var each in settings) each["GoTo:Calls:DialSearch"] = "00:00:08";
            var audio = await SiloProcess.Start(settings[0]);
            var others = await Task.WhenAll(SiloProcess.Start(settings[1]), SiloProcess.Start(settings[2]));
            var service = await Service.Connect(settings[0]);
            await service.ChannelUp(Limit);
            await service.SeesSilos(audio.SiloPort, others[0].SiloPort, others[1].SiloPort);
            return new Cluster(audio, others[0], others[1], service);
        }

        public async ValueTask DisposeAsync()
        {
            await Service.DisposeAsync();
            await Task.WhenAll(new[] { Audio, Calls, Transfers }.Select(silo => silo.DisposeAsync().AsTask()));
        }
    }
}
