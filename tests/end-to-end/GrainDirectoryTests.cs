using GoTo.Calls;

namespace GoTo.EndToEnd.Tests;

/// <summary>
/// Where each grain is, is written down on all silos, a part on each. A part that goes with its silo must cost the grains
/// of the others nothing (decision 0004).
/// </summary>
public sealed class GrainDirectoryTests : IAsyncLifetime
{
    private const int Channels = 12;
    private const int Calls = 60;
    private const string OurCalls = $"{World.Account}/nobodys-";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private World _world = null!;

    public async ValueTask InitializeAsync() => _world = await World.Start();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public Task A_silo_that_leaves_takes_no_grain_of_the_other_with_it() =>
        NoGrainIsLostWith(async leaving => Assert.Equal(0, await leaving.Stop(Limit)));

    [Fact]
    public Task A_silo_that_is_killed_takes_no_grain_of_the_other_with_it() => NoGrainIsLostWith(killed => killed.Kill());

    private async Task NoGrainIsLostWith(Func<SiloProcess, Task> end)
    {
        var settings = _world.ClusterSettings(silos: 2);
        foreach (var silo in settings) AddAccounts(silo);
        await using var staying = await SiloProcess.Start(settings[0]);
        await using var service = await Service.Connect(settings[0]);
        foreach (var account in Accounts) await service.ChannelUp(account: account);
        for (var i = 0; i < Calls; i++) await Wake(service, CallKey.Parse($"{OurCalls}{i}"));
        var before = await State(service);
        Assert.Equal((Channels, Calls), (before.Epochs.Count, before.Places.Count));
        // A silo that joins takes over half of what is written down.
        await using var other = await SiloProcess.Start(settings[1]);
        await service.SeesSilos(staying.SiloPort, other.SiloPort);

        await end(other);

        await service.SeesSilos(staying.SiloPort);
        var after = await State(service);
        Assert.Equal(before.Epochs, after.Epochs);
        Assert.Equal(before.Places, after.Places);
    }

    private static IEnumerable<string> Accounts => Enumerable.Range(1, Channels - 1).Select(i => $"account-{i}").Prepend(World.Account);

    /// <summary>More accounts, each with a channel of its own: their epochs tell which were opened anew.</summary>
    private static void AddAccounts(Dictionary<string, string?> settings)
    {
        var main = settings.Where(setting => setting.Key.StartsWith(Section(World.Account), StringComparison.Ordinal)).ToList();
        foreach (var account in Accounts)
            foreach (var (key, value) in main) settings[Section(account) + key[Section(World.Account).Length..]] = value;

        static string Section(string account) => $"GoTo:Accounts:{account}:";
    }

    /// <summary>Nobody knows the call, but its grain is asked, so that it is in memory.</summary>
    private static async Task Wake(Service service, CallKey call) =>
        await Assert.ThrowsAsync<CallNotFoundException>(() => service.Cluster.Call(call).Describe());

    private static async Task<(Dictionary<string, long> Epochs, Dictionary<string, int> Places)> State(Service service)
    {
        var epochs = new Dictionary<string, long>();
        foreach (var account in Accounts) epochs[account] = await service.ChannelUp(account: account);
        // A silo that starts makes a call to itself, which is not ours.
        var places = (await service.Locate("call")).Where(call => call.Key.StartsWith(OurCalls, StringComparison.Ordinal));
        return (epochs, new Dictionary<string, int>(places));
    }
}
