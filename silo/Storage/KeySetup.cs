using GoTo.Silo.Cluster;
using Microsoft.AspNetCore.DataProtection;
using StackExchange.Redis;

namespace GoTo.Silo.Storage;

/// <summary>
/// Where the keys are that tokens are encrypted with at rest. Every silo must read them, and they are kept apart from the
/// database that holds the tokens.
/// </summary>
internal static class KeySetup
{
    private const string RedisKey = "goto-data-protection-keys";

    public static WebApplicationBuilder AddGoToKeys(this WebApplicationBuilder builder)
    {
        var settings = ClusterSettingsValidator.Read(builder.Configuration);
        var keys = builder.Services.AddDataProtection().SetApplicationName(settings.ServiceId);
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
}
