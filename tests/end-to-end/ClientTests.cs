using GoTo.Calls;
using GoTo.Client;
using GoTo.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GoTo.EndToEnd.Tests;

/// <summary>What a service writes: linear code that works from any process, and goes on when either side dies.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private World _world = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _world = await World.Start();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_wait_outlives_the_silo_and_a_command_begun_by_one_process_is_finished_by_another()
    {
        using var speech = new Speech();
        var settings = _world.SiloSettings(patience: TimeSpan.FromMinutes(1));
        await using var service = Service.Connecting(settings);
        var hangUp = new CommandId("hang-up-1");
        Task<CallSnapshot> connected, ended;
        CallKey key;
        PhoneInCall phone;
        await using (var silo = await SiloProcess.Start(settings))
        {
            await service.ChannelUp();
            phone = _world.Dial(speech.UntilStopped, World.NumberOfLateAgent);
            key = await phone.Rings();
            await using (var journal = service.Follow(key)) await journal.Has<RoomJoined>();
            connected = service.GoTo.Calls[key].WhenConnected(Cancellation);
            ended = service.GoTo.Calls[key].WhenEnded(Cancellation);
            await silo.Kill();
        }
        await using var caller = phone;
        Assert.False(connected.IsCompleted);
        var (listed, described) = (service.GoTo.Calls.List(World.Account, Cancellation), service.GoTo.Calls.Get(key, Cancellation));

        await using var next = await SiloProcess.Start(settings);
        await _world.StartAgent(World.LateAgent);
        Assert.Equal(key, (await connected.Within(TimeSpan.FromSeconds(60), "the wait for the answer ends")).Key);
        Assert.Equal([key, key], [Assert.Single(await listed).Key, (await described).Key]);

        // The first process asks and dies; the second one, which has nothing but the key and the id, learns the outcome.
        await using (var first = await Service.Connect(settings)) _ = first.GoTo.Calls[key].HangUp(id: hangUp, cancellationToken: Cancellation);
        await using var second = await Service.Connect(settings);
        var outcome = await second.GoTo.Calls[key].HangUp(id: hangUp, cancellationToken: Cancellation);
        Assert.Equal(CommandResult.Done, outcome.Result);
        Assert.Equal(outcome, await service.GoTo.Calls[key].WhenSettled(hangUp, Cancellation));
        Assert.Equal(EndReason.LocalHangUp, (await ended).EndReason);
        await using var all = service.Follow(key);
        Assert.Single((await all.ToEnd()).OfType<CommandAccepted>(), accepted => accepted.Operation is CallOperation.HangUp);
    }

    [Fact]
    public async Task A_service_dials_waits_holds_resumes_and_hangs_up_in_a_few_lines()
    {
        var settings = new Dictionary<string, string?>(_world.SiloSettings());
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        var calls = service.GoTo.Calls;
        var request = new DialRequest("acme", LineId, "tel:+15555550142", "echo");

        var id = new CommandId("order-4711");
        var call = await calls.Dial(World.Account, request, id, Cancellation);
        Assert.Equal(call.Key, (await calls.Dial(World.Account, request, id, Cancellation)).Key);
        await call.WhenConnected(Cancellation);
        Assert.True((await call.Hold(cancellationToken: Cancellation)).IsDone);
        Assert.True((await call.Describe(Cancellation)).OnHold);
        Assert.True((await call.Resume(cancellationToken: Cancellation)).IsDone);
        Assert.True((await call.HangUp(cancellationToken: Cancellation)).IsDone);

        Assert.Equal(EndReason.LocalHangUp, (await call.WhenEnded(Cancellation)).EndReason);
        await Assert.ThrowsAsync<CallEndedException>(() => call.WhenConnected(Cancellation));
        Assert.Null((await call.Replay(Cancellation)).DivergesAt);
    }

    [Fact]
    public async Task A_tenants_watch_tells_every_call_of_its_from_the_first_entry_on_and_no_others()
    {
        var settings = _world.SiloSettings();
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var told = new List<WatchedEntry>();
        var watching = Task.Run(async () =>
        {
            await foreach (var entry in service.GoTo.Watch.Tenant("acme", stop.Token))
                lock (told) told.Add(entry);
        }, Cancellation);

        await using (var unknown = _world.Dial(Speech.Short, World.UnknownNumber)) await unknown.IsOver();
        await using var one = _world.Dial(Speech.Short);
        await using var other = _world.Dial(Speech.Short);
        var keys = new[] { await one.Rings(), await other.Rings() };
        await Task.WhenAll(one.IsFlawless(), other.IsFlawless());

        await Until.True(
            () => { lock (told) return Task.FromResult(keys.All(key => told.Any(t => t.Call == key && t.Entry.Event is Ended))); },
            TimeSpan.FromSeconds(30), "both calls are told to their end");
        await stop.CancelAsync();
        await Task.WhenAny(watching);
        Assert.Equal(keys.Order(ByText), told.Select(t => t.Call).Distinct().Order(ByText));
        foreach (var key in keys)
        {
            var versions = told.Where(t => t.Call == key).Select(t => t.Entry.Version).ToList();
            Assert.Equal(Enumerable.Range(1, versions.Count).Select(version => (long)version), versions);
        }
    }

    [Fact]
    public async Task What_is_wrong_is_told_by_type_and_changes_nothing()
    {
        using var speech = new Speech();
        var settings = _world.SiloSettings();
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();
        await using var intruder = await Service.Connect(new Dictionary<string, string?>(settings) { ["GoTo:Client:Tenant"] = "intruder" });
        await using var phone = _world.Dial(speech.UntilStopped);
        var key = await phone.Rings();
        await using (var journal = service.Follow(key)) await journal.HasAudio();
        var (calls, call) = (service.GoTo.Calls, service.GoTo.Calls[key]);
        var before = await call.Describe(Cancellation);
        var dial = new DialRequest("acme", LineId, "tel:+15555550142", "echo");

        await Assert.ThrowsAsync<CallNotFoundException>(() => calls[new CallKey(World.Account, "nobody")].Hold(cancellationToken: Cancellation));
        await Assert.ThrowsAsync<CallTransitionException>(() => call.Resume(cancellationToken: Cancellation));
        await Assert.ThrowsAsync<CallTransitionException>(() => call.Answer(cancellationToken: Cancellation));
        await Assert.ThrowsAsync<CallArgumentException>(() => call.TransferBlind("somebody", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<CallArgumentException>(() => call.TransferBlind("tel:123", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<CallArgumentException>(() => call.SendDtmf("12x", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<CallArgumentException>(() => call.SendDtmf(new string('1', 65), cancellationToken: Cancellation));
        await Assert.ThrowsAsync<CallArgumentException>(() => call.TransferWarm(new("nowhere"), cancellationToken: Cancellation));
        await Assert.ThrowsAsync<CommandNotFoundException>(() => call.WhenSettled(new CommandId("never"), Cancellation));
        await Assert.ThrowsAsync<InvalidDialException>(() => calls.Dial(World.Account, dial with { To = "12" + new string('3', 40) }, cancellationToken: Cancellation));
        Assert.Throws<FormatException>(() => new CommandId(new string('x', 65)));
        Assert.Throws<FormatException>(() => CallKey.Parse("nothing"));

        var theirs = intruder.GoTo.Calls[key];
        await Assert.ThrowsAsync<ForeignTenantException>(() => theirs.Describe(Cancellation));
        await Assert.ThrowsAsync<ForeignTenantException>(() => theirs.HangUp(cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ForeignTenantException>(() => theirs.TransferBlind("ext:1001", cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ForeignTenantException>(() => theirs.TransferWarm(new("ext:1001"), cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ForeignTenantException>(() => intruder.GoTo.Calls.Dial(World.Account, dial, cancellationToken: Cancellation));
        await Assert.ThrowsAsync<ForeignTenantException>(async () => await intruder.GoTo.Records.Calls(new() { Tenant = "acme" }, Cancellation).ToListAsync(Cancellation));
        Assert.Empty(await intruder.GoTo.Calls.List(World.Account, Cancellation));

        Assert.Equal(before, await call.Describe(Cancellation));
    }

    [Fact]
    public async Task A_service_without_a_host_builder_connects_by_its_services_alone()
    {
        var settings = _world.SiloSettings();
        await using var silo = await SiloProcess.Start(settings);
        var host = new HostBuilder().ConfigureServices(services => services.AddGoToClient(options =>
        {
            options.GatewayPort = int.Parse(settings["GoTo:Cluster:GatewayPort"]!);
            options.Region = "US";
        })).Build();
        await host.StartAsync(Cancellation).Within(TimeSpan.FromSeconds(30), () => "the client is connected");
        var goTo = host.Services.GetRequiredService<IGoTo>();
        Assert.NotNull(await goTo.Numbers.Find(goTo.Numbers.Read("(555) 555-0100")));
        await host.StopAsync(Cancellation);
        host.Dispose();
    }

    private static string LineId => Simulator.Cloud.CloudAccount.Demo.Lines[0].Id;

    private static Comparer<CallKey> ByText => Comparer<CallKey>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));
}
