using GoTo.Demo;
using GoTo.Silo.Operations;
using Microsoft.Extensions.Logging;

// dotnet run --project demo                 a first call, then the house stays open until Ctrl-C
// dotnet run --project demo -- --once       ends after the first call; exit code 0 only if it was flawless
// dotnet run --project demo -- --verbose    shows the silo's log as well
var once = args.Contains("--once");
var verbose = args.Contains("--verbose");
if (args.FirstOrDefault(a => a is not ("--once" or "--verbose")) is { } unknown)
{
    Console.Error.WriteLine($"The demo does not know '{unknown}'. It takes --once and --verbose.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
using var logs = LoggerFactory.Create(logging =>
    logging.AddSimpleConsole().SetMinimumLevel(verbose ? LogLevel.Information : LogLevel.Error));
var folder = Directory.CreateTempSubdirectory("orleans-goto-demo-");
try
{
    var timeline = new Timeline(Console.Out, TimeProvider.System.GetUtcNow());
    Console.WriteLine("Orleans.GoTo: the first call");
    Console.WriteLine();
    var options = new DemoOptions { SqliteFile = Path.Combine(folder.FullName, "goto.db"), Verbose = verbose };
    await using var house = await DemoHouse.Build(options, logs, stop.Token);
    timeline.Say(TimeProvider.System.GetUtcNow(), "house", "silo, GoTo's cloud, room server and echo agent are up");

    var report = await FirstCall.Make(house, timeline, TimeProvider.System, logs, stop.Token);
    report.Tell(Console.Out);
    if (once)
    {
        Console.WriteLine($"first call: {report.Summary}");
        return report.Ok ? 0 : 1;
    }
    Console.WriteLine($"  dashboard    {house.Dashboard}");
    Console.WriteLine($"  phone        {house.Cloud.PhonePageUrl}   make the next call yourself and hear the echo");
    Console.WriteLine();
    Console.WriteLine("Ctrl-C ends it.");
    await Task.Delay(Timeout.Infinite, stop.Token);
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return once ? 1 : 0;
}
catch (Exception e) when (StartUp.Explain(e) is var (code, message))
{
    await Console.Error.WriteLineAsync(message);
    return code;
}
finally
{
    folder.Delete(recursive: true);
}
