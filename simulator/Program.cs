using GoTo.Simulator.Cloud;

// `dotnet run --project simulator -- --urls http://127.0.0.1:9200`: GoTo's cloud by itself, for any client.
var configuration = new ConfigurationBuilder().AddEnvironmentVariables("GOTO_SIMULATOR_").AddCommandLine(args).Build();
var address = configuration["urls"] ?? "http://127.0.0.1:9200";
if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme != "http" || !url.IsLoopback)
{
    await Console.Error.WriteLineAsync(
        $"--urls must be one http address on loopback, such as http://127.0.0.1:9200, not '{address}'.");
    return 2;
}

using var logs = LoggerFactory.Create(logging => logging
    .AddSimpleConsole(console => console.SingleLine = true)
    .SetMinimumLevel(LogLevel.Information));
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
using var terminated = System.Runtime.InteropServices.PosixSignalRegistration.Create(
    System.Runtime.InteropServices.PosixSignal.SIGTERM, signal =>
    {
        signal.Cancel = true;
        stop.Cancel();
    });

var options = new GoToCloudOptions { Port = url.Port };
try
{
    await using var cloud = await GoToCloud.Start(options, TimeProvider.System, logs, stop.Token);
    Console.WriteLine(Welcome.Of(cloud, options));
    await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    Console.WriteLine("Stopped.");
}
catch (CloudPortException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}

return 0;
