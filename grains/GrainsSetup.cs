using GoTo.Accounts;
using GoTo.Calls;
using GoTo.Drains;
using GoTo.Events;
using GoTo.Journals;
using GoTo.LiveKit;
using GoTo.Media;
using GoTo.Numbers;
using GoTo.Records;
using GoTo.Silos;
using GoTo.Transfers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace GoTo;

/// <summary>What the grains need from their silo.</summary>
public static class GrainsSetup
{
    /// <summary>
    /// Adds the GoTo accounts, the LiveKit server, the media engine and the keeper of the event channels, configured by
    /// the sections <c>GoTo</c>, <c>GoTo:LiveKit</c> and <c>GoTo:Media</c>. Missing settings are named when the host starts.
    /// </summary>
    public static IServiceCollection AddGoToGrains(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSettings<GoToSettings>(GoToSettings.Section, settings => settings.Validate());
        services.AddSettings<NumberSettings>(NumberSettings.Section, settings => settings.Validate());
        services.AddSettings<LiveKitOptions>(LiveKitOptions.Section, settings => settings.Validate());
        services.AddSettings<CallSettings>(CallSettings.Section, settings => settings.Validate());
        services.AddSettings<MediaSettings>(MediaSettings.Section, settings => settings.Validate());
        services.AddSettings<DrainSettings>(DrainSettings.Section, settings => settings.Validate());
        services.AddGoToApi();
        services.AddHttpClient(MediaHost.HttpClientName, client => client.Timeout = TimeSpan.FromSeconds(4))
            .ConfigurePrimaryHttpMessageHandler(provider => new SocketsHttpHandler
            {
                SslOptions =
                {
                    RemoteCertificateValidationCallback = provider.GetRequiredService<IOptions<LiveKitOptions>>().Value.CertificateValidation,
                },
            });
        services.AddDataProtection();
        services.AddSingleton<TokenSeal>();
        services.AddSingleton<AccountClients>();
        services.AddSingleton<LineDirectory>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<AccountClients>());
        services.AddSettings<RecordSettings>(RecordSettings.Section, settings => settings.Validate());
        services.AddSingleton<Recorder>();
        services.AddSingleton<IIncomingGrainCallFilter, OperationAudit>();
        services.AddHostedService<RecordRetention>();
        services.AddStateSerializer();
        services.AddSingleton<CallMetrics>();
        services.AddSingleton<TransferMetrics>();
        services.AddSingleton<MediaHost>();
        services.AddHostedService(provider => provider.GetRequiredService<MediaHost>());
        services.AddSingleton<Rehearsal>();
        services.AddSingleton<FormerChannels>();
        services.AddHostedService<EventChannelKeeper>();
        services.AddPlacement();
        services.AddHostedService<Drain>();
        services.AddOptions<HostOptions>().Configure<IOptions<DrainSettings>>(
            (host, drain) => host.ShutdownTimeout = drain.Value.Limit + DrainSettings.Reserve);
        return services;
    }

    /// <summary>Where grains go: by what the silos tell each other.</summary>
    private static void AddPlacement(this IServiceCollection services)
    {
        services.AddSingleton<Draining>();
        services.AddSingleton<OwnLoad>();
        services.AddGrainService<SiloLoadService>();
        services.AddSingleton<SiloLoadClient>();
        services.AddSingleton<SiloLoads>();
        services.AddHostedService(provider => provider.GetRequiredService<SiloLoads>());
        services.AddPlacementDirector<MediaPlacement, MediaPlacementDirector>();
        services.AddPlacementDirector<ServingPlacement, ServingPlacementDirector>();
    }

    /// <summary>Settings that say what is wrong with them when the host starts, not at the first call.</summary>
    private static void AddSettings<T>(this IServiceCollection services, string section, Func<T, IReadOnlyList<string>> validate)
        where T : class
    {
        services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(new SettingsValidator<T>(validate));
    }

    private sealed class SettingsValidator<T>(Func<T, IReadOnlyList<string>> validate) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options) =>
            validate(options) is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }
}
