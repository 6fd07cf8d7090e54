using GoTo.Accounts;
using GoTo.Silo.Cluster;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace GoTo.Silo.Storage;

/// <summary>
/// Where the keys are that tokens are encrypted with at rest. Every silo must read them, and they are kept apart from the
/// database that holds the tokens. A certificate protects them where whoever reads that place is not to read the tokens.
/// </summary>
internal static partial class KeySetup
{
    private const string RedisKey = "goto-data-protection-keys";

    public static WebApplicationBuilder AddGoToKeys(this WebApplicationBuilder builder)
    {
        var settings = ClusterSettingsValidator.Read(builder.Configuration);
        var keys = builder.Services.AddDataProtection().SetApplicationName(settings.ServiceId);
        Protect(keys, settings);
        if (settings.KeyFolder is { } shared)
        {
            keys.PersistKeysToFileSystem(new DirectoryInfo(shared));
        }
        else if (builder.Configuration.GetConnectionString("Redis") is { } redis)
        {
            // Connected at the first use: a Redis that is away must not keep a silo from starting to look for it.
            var connection = new Lazy<ConnectionMultiplexer>(() => ConnectionMultiplexer.Connect(redis));
            keys.PersistKeysToStackExchangeRedis(() => connection.Value.GetDatabase(), RedisKey);
        }
        else
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(settings.SqliteFile))!;
            keys.PersistKeysToFileSystem(new DirectoryInfo(Path.Combine(folder, "goto-keys")));
        }

        return builder;
    }

    private static void Protect(IDataProtectionBuilder keys, ClusterSettings settings)
    {
        if (settings.KeyCertificate is not { } file)
        {
            keys.Services.AddHostedService<BareKeysWarning>();
            return;
        }

        keys.ProtectKeysWithCertificate(KeyCertificates.Load(nameof(settings.KeyCertificate), file, settings.KeyCertificatePassword));
        if (settings.FormerKeyCertificates.Count == 0) return;
        keys.UnprotectKeysWithAnyCertificate([.. settings.FormerKeyCertificates.Select(former =>
            KeyCertificates.Load(nameof(settings.FormerKeyCertificates), former, settings.KeyCertificatePassword))]);
    }

    /// <summary>A simulator's tokens are worth nothing; anybody else's are.</summary>
    private sealed class BareKeysWarning(IOptions<GoToSettings> settings, ILogger<BareKeysWarning> logger) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (settings.Value.Accounts.Values.Any(account => !(account.BaseUrl ?? account.TokenUrl).IsLoopback)) BareKeys(logger);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [LoggerMessage(1190, LogLevel.Warning,
        "The keys that GoTo's tokens are encrypted with are stored as they are: whoever reads them and the database reads the "
        + "tokens. Set GoTo:Cluster:KeyCertificate to the PKCS #12 file of a certificate that protects them.")]
    private static partial void BareKeys(ILogger logger);
}
