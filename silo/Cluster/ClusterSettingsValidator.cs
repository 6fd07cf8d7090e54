using System.Net;
using Microsoft.Extensions.Options;

namespace GoTo.Silo.Cluster;

/// <summary>What is missing or wrong in <see cref="ClusterSettings"/>, one sentence each that names the setting.</summary>
internal static class ClusterSettingsValidator
{
    /// <summary>What the storage's column holds.</summary>
    private const int LongestServiceId = 150;

    /// <summary>Reads the settings. At once, since Orleans' own complaints, which come first otherwise, name no setting of ours.</summary>
    /// <exception cref="OptionsValidationException">A setting is missing or wrong.</exception>
    public static ClusterSettings Read(IConfiguration configuration)
    {
        var settings = configuration.GetSection(ClusterSettings.Section).Get<ClusterSettings>() ?? new();
        var problems = Problems(settings).Select(problem => $"{ClusterSettings.Section}:{problem}").ToList();
        // Silos of one cluster that each store in a file of their own would each know half of the calls.
        if (configuration.GetConnectionString("Redis") is not null && configuration.GetConnectionString("PostgreSql") is null)
            problems.Add("ConnectionStrings:PostgreSql is missing: silos that find each other by Redis share their storage.");
        return problems.Count == 0
            ? settings
            : throw new OptionsValidationException(ClusterSettings.Section, typeof(ClusterSettings), problems);
    }

    private static IEnumerable<string> Problems(ClusterSettings settings)
    {
        if (settings.ServiceId.Length is 0 or > LongestServiceId) yield return $"ServiceId must have 1 to {LongestServiceId} characters.";
        if (settings.ClusterId.Length == 0) yield return "ClusterId is missing.";
        if (settings.SiloPort is < 1 or > 65535) yield return "SiloPort must be 1 to 65535.";
        if (settings.GatewayPort is < 1 or > 65535) yield return "GatewayPort must be 1 to 65535.";
        if (settings.SiloPort == settings.GatewayPort) yield return "GatewayPort must be another than SiloPort.";
        if (settings.AdvertisedAddress is { } address && !IPAddress.TryParse(address, out _))
            yield return "AdvertisedAddress is not an IP address.";
        if (settings.SqliteFile.Length == 0) yield return "SqliteFile is missing.";
    }
}
