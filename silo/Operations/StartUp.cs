using System.Data.Common;
using System.Net.Sockets;
using GoTo.WebRtc;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GoTo.Silo.Operations;

/// <summary>Runs a host to its end, and turns a failed start into a sentence and an exit code.</summary>
public static class StartUp
{
    private const int ConfigurationFault = 2;
    private const int PortTaken = 3;
    private const int StoreOutOfReach = 4;

    /// <summary>
    /// Runs until the process is told to stop. Returns 0, 2 when a setting is missing or wrong, 3 when a port is taken, or 4
    /// when Redis, PostgreSQL or the SQLite file cannot be reached; the reason is then on standard error.
    /// </summary>
    public static async Task<int> Run(Func<WebApplication> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        try
        {
            await using var app = create();
            await app.RunAsync();
            return 0;
        }
        catch (Exception e) when (Explain(e) is var (code, message))
        {
            await Console.Error.WriteLineAsync(message);
            return code;
        }
    }

    /// <summary>Why a host did not start, in words for whoever started it; null when the failure is not one of these.</summary>
    public static (int ExitCode, string Message)? Explain(Exception failure) => failure switch
    {
        OptionsValidationException e => (ConfigurationFault, string.Join(Environment.NewLine, e.Failures)),
        InvalidOperationException e when e.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) =>
            (ConfigurationFault, e.Message),
        DbException e => (StoreOutOfReach,
            $"The storage cannot be reached: {e.Message} Check ConnectionStrings:PostgreSql or GoTo:Cluster:SqliteFile."),
        RedisConnectionException => (StoreOutOfReach, "Redis cannot be reached. Check ConnectionStrings:Redis."),
        RtcBindException e => (PortTaken, $"GoTo:Media: {e.Message}"),
        AggregateException e => Together([.. e.InnerExceptions.Select(Explain).OfType<(int ExitCode, string Message)>()]),
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => (PortTaken,
            "A port is already in use: another silo runs on this machine? Choose others with GoTo:Cluster:SiloPort, "
            + "GoTo:Cluster:GatewayPort and --urls."),
        IOException { InnerException: not null } e when e.Message.Contains("address already in use", StringComparison.Ordinal) =>
            (PortTaken, $"{e.Message} Choose another address with --urls."),
        { InnerException: { } inner } => Explain(inner),
        _ => null,
    };

    private static (int, string)? Together((int ExitCode, string Message)[] faults) =>
        faults.Length == 0 ? null : (faults[0].ExitCode, string.Join(Environment.NewLine, faults.Select(f => f.Message)));
}
