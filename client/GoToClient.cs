using GoTo.Accounts;
using GoTo.Calls;

namespace GoTo.Client;

/// <summary>The cluster's grains behind the words of <see cref="IGoTo"/>.</summary>
internal sealed class GoToClient : IGoTo
{
    private readonly IGrainFactory _grains;

    public GoToClient(IGrainFactory grains, GoToClientOptions options, TimeProvider time)
    {
        _grains = grains;
        var watcher = new CallWatcher(grains, time);
        Calls = new CallsClient(grains, watcher);
        Numbers = new NumbersClient(grains, options.Region);
        Tenants = new TenantsClient(grains);
        Records = new RecordsClient(grains);
        Watch = new WatchClient(grains, watcher, time);
    }

    public ICalls Calls { get; }

    public INumbers Numbers { get; }

    public ITenants Tenants { get; }

    public IRecords Records { get; }

    public IWatch Watch { get; }

    public Task<EventChannelSnapshot> Channel(string account) => _grains.EventChannel(account).Describe();
}
