using GoTo.Records;
using GoTo.Silo.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace GoTo.Silo.Cluster;

internal static class ClusterSetup
{
    /// <summary>The storage provider that every grain of ours names.</summary>
    public const string Storage = "calls";

    private const string Database = "calls-db";

    /// <summary>
    /// Of how many grains a silo remembers where they are. Orleans' million is 18 MB of empty places, which the dashboard
    /// goes through each time it counts them.
    /// </summary>
    private const int RememberedGrains = 50_000;

    /// <summary>
    /// How long a silo that leaves goes on passing replies to its clients, when it has told them to ask by another one. Grains
    /// let nobody wait for more than 2 s; a reply that is lost keeps its client waiting for 30 s.
    /// </summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    /// <summary>Makes the host a silo: membership, storage, dashboard, and the tracing of grain calls.</summary>
    public static WebApplicationBuilder AddGoToCluster(this WebApplicationBuilder builder)
    {
        var settings = ClusterSettingsValidator.Read(builder.Configuration);
        builder.Services.AddPlacementRetry();
        builder.Host.UseOrleans(silo =>
        {
            AddMembership(silo, settings, builder.Configuration.GetConnectionString("Redis"));
            AddStorage(silo, settings, builder.Configuration.GetConnectionString("PostgreSql"));
            AddDirectory(silo);
            silo.AddActivityPropagation();
            silo.AddDashboard(options => options.HideTrace = true);
        });
        return builder;
    }

    private static void AddMembership(ISiloBuilder silo, ClusterSettings settings, string? redis)
    {
        if (redis is null)
        {
            silo.UseLocalhostClustering(settings.SiloPort, settings.GatewayPort, null, settings.ServiceId, settings.ClusterId);
            return;
        }
        silo.UseRedisClustering(redis);
        silo.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (settings.ServiceId, settings.ClusterId));
        if (settings.Advertised is { } address) silo.ConfigureEndpoints(address, settings.SiloPort, settings.GatewayPort);
        else silo.ConfigureEndpoints(settings.SiloPort, settings.GatewayPort);
        silo.Configure<ClusterMembershipOptions>(Vigilant);
        silo.Configure<SiloMessagingOptions>(options => options.ClientGatewayShutdownNotificationTimeout = Farewell);
    }

    /// <summary>
    /// A dead silo is noticed in seconds, a merely busy one is not declared dead: the protections against false deaths
    /// stay at their defaults.
    /// </summary>
    private static void Vigilant(ClusterMembershipOptions options)
    {
        options.ProbeTimeout = TimeSpan.FromSeconds(1);
        options.MaxProbeTimeout = TimeSpan.FromSeconds(2);
        options.NumMissedProbesLimit = 3;
        options.TableRefreshTimeout = TimeSpan.FromSeconds(10);
        options.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
        options.DeathVoteExpirationTimeout = TimeSpan.FromSeconds(30);
    }

    /// <summary>
    /// Where each grain is, is known on all silos, a part on each. When a silo leaves or dies, the directory that Orleans has
    /// by default deactivates every grain that was in that silo's part, wherever it lives: channels close, calls lose what they
    /// had in hand, audio ends. This one hands the part over, or asks the silos that live for what they have. Nothing waits for
    /// its leases (decision 0004).
    /// </summary>
    private static void AddDirectory(ISiloBuilder silo)
    {
#pragma warning disable ORLEANSEXP003 // The only directory that the registry serves which survives the end of a silo.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Configure<GrainDirectoryOptions>(options =>
            (options.RangeLeaseDuration, options.CacheSize) = (TimeSpan.Zero, RememberedGrains));
    }

    /// <summary>
    /// Durable storage of grains and records: PostgreSQL when its connection string is given, else a SQLite file. One schema for both, applied
    /// before the silo starts.
    /// </summary>
    public static void AddStorage(ISiloBuilder silo, ClusterSettings settings, string? postgreSql)
    {
        silo.Services.AddSingleton<IGrainStorageSerializer, SystemTextJsonGrainStorageSerializer>();
        if (postgreSql is not null)
        {
            postgreSql = PostgreSqlConnection.ForSilo(postgreSql);
            silo.AddAdoNetGrainStorage(Database, options => (options.Invariant, options.ConnectionString) = ("Npgsql", postgreSql));
            silo.Services.AddGrainStorage(Storage, (services, _) => new GroupedWrites(
                services.GetRequiredKeyedService<IGrainStorage>(Database), NpgsqlDataSource.Create(postgreSql),
                services.GetRequiredService<IGrainStorageSerializer>(), services.GetRequiredService<IOptions<ClusterOptions>>()));
            silo.Services.AddHostedService(_ => new SchemaSetup(ct => StorageSchema.ApplyToPostgreSql(postgreSql, ct)));
            silo.Services.AddSingleton<IRecordStore>(services => new RecordStore(
                NpgsqlDataSource.Create(postgreSql), services.GetRequiredService<IOptions<ClusterOptions>>(), null));
            return;
        }
        var sqlite = new SqliteConnectionStringBuilder { DataSource = settings.SqliteFile }.ToString();
        // The provider's name for the driver; the factory it loads is Microsoft.Data.Sqlite's.
        silo.AddAdoNetGrainStorage(Database, options => (options.Invariant, options.ConnectionString) = ("System.Data.SQLite", sqlite));
        silo.Services.AddGrainStorage(Storage, (services, _) => new SqliteGate(
            services.GetRequiredKeyedService<IGrainStorage>(Database), services.GetRequiredService<SqliteTurn>()));
        silo.Services.AddSingleton<SqliteTurn>();
        silo.Services.AddSingleton<IRecordStore>(services => new RecordStore(
            SqliteFactory.Instance.CreateDataSource(sqlite), services.GetRequiredService<IOptions<ClusterOptions>>(),
            services.GetRequiredService<SqliteTurn>()));
        silo.Services.AddHostedService(_ => new SchemaSetup(ct => StorageSchema.ApplyToSqlite(sqlite, ct)));
    }

    /// <summary>Applies the schema before any service starts: the storage provider reads it when the silo comes up.</summary>
    private sealed class SchemaSetup(Func<CancellationToken, Task> apply) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken) => apply(cancellationToken);

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
