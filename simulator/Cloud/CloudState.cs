using GoTo.WebRtc;

namespace GoTo.Simulator.Cloud;

/// <summary>All that the simulated cloud knows, shared by its endpoints.</summary>
internal sealed class CloudState : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    /// <param name="options">How it behaves.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="engine">What the cloud itself is heard with; null: it is not.</param>
    /// <param name="log">Where it logs.</param>
    public CloudState(GoToCloudOptions options, TimeProvider time, RtcEngine? engine, ILogger<GoToCloud> log)
    {
        Options = options;
        Time = time;
        Log = log;
        Ids = new CloudIds(options.Seed);
        Faults = new CloudFaults(time, Ids);
        Latency = new CloudLatency(options, time);
        RateLimiter = new CloudRateLimiter(options, time);
        Tokens = new CloudTokens(options, time, Ids);
        Devices = new CloudDevices();
        Channels = new CloudChannels(options, time, Ids, Latency, Devices, log);
        Network = new PhoneNetwork(options.Seed, time);
        Calls = new CloudCalls(options, time, Ids, Channels, Network, engine, log, _stopping.Token);
    }

    public GoToCloudOptions Options { get; }

    public TimeProvider Time { get; }

    public ILogger<GoToCloud> Log { get; }

    public CloudIds Ids { get; }

    public CloudFaults Faults { get; }

    public CloudLatency Latency { get; }

    public CloudRateLimiter RateLimiter { get; }

    public CloudTokens Tokens { get; }

    public CloudDevices Devices { get; }

    public CloudChannels Channels { get; }

    public PhoneNetwork Network { get; }

    public CloudCalls Calls { get; }

    /// <summary>Ends every open socket when the cloud is disposed.</summary>
    public CancellationToken Stopping => _stopping.Token;

    public void Dispose() => _stopping.Dispose();

    public void Stop()
    {
        _stopping.Cancel();
        Calls.Stop();
        Channels.Stop();
    }
}
