using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using Orleans.Services;

namespace GoTo.Silos;

/// <summary>How much audio a silo carries, as it tells the others.</summary>
/// <param name="Calls">The calls whose audio it carries.</param>
/// <param name="MostCalls">How many it is meant for.</param>
/// <param name="Draining">It is about to stop.</param>
[GenerateSerializer, Immutable, Alias("silo.load")]
internal readonly record struct SiloLoad(int Calls, int MostCalls, bool Draining)
{
    /// <summary>How many calls more it would take.</summary>
    public int Room => Draining ? 0 : Math.Max(0, MostCalls - Calls);
}

/// <summary>This silo's own load, kept by whatever carries the audio.</summary>
internal sealed class OwnLoad
{
    private readonly Draining _draining;
    private int _calls;

    public OwnLoad(Draining draining, IMeterFactory meters)
    {
        _draining = draining;
        meters.Create("GoTo.Calls").CreateObservableUpDownCounter(
            "goto.media.calls", () => Volatile.Read(ref _calls), "{call}", "Calls whose audio this silo carries");
    }

    /// <summary>How many calls this silo is meant for.</summary>
    public int MostCalls { get; set; }

    public SiloLoad Load => new(Volatile.Read(ref _calls), MostCalls, _draining.IsUnderWay);

    public void CallBegins() => Interlocked.Increment(ref _calls);

    public void CallEnds() => Interlocked.Decrement(ref _calls);
}

/// <summary>On every silo: tells its load to the others.</summary>
[GrainInterfaceType("silo-load"), Alias("silo-load")]
internal interface ISiloLoadService : IGrainService
{
    /// <summary>The silo's load now.</summary>
    [Alias("describe")]
    Task<SiloLoad> Describe();

    /// <summary>Another silo is about to stop: nothing that is to stay goes there from now on.</summary>
    [Alias("stops")]
    Task Stops(SiloAddress other);
}

internal sealed class SiloLoadService(GrainId id, Silo silo, ILoggerFactory logs, OwnLoad own, SiloLoads loads)
    : GrainService(id, silo, logs), ISiloLoadService
{
    public Task<SiloLoad> Describe() => Task.FromResult(own.Load);

    public Task Stops(SiloAddress other)
    {
        loads.HeardOfStop(other);
        return Task.CompletedTask;
    }
}

internal sealed class SiloLoadClient(IServiceProvider services) : GrainServiceClient<ISiloLoadService>(services)
{
    public Task<SiloLoad> Of(SiloAddress silo) => GetGrainService(silo).Describe();

    public Task TellOfStop(SiloAddress silo, SiloAddress stopping) => GetGrainService(silo).Stops(stopping);
}
