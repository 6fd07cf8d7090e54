using System.Text.RegularExpressions;
using GoTo.Drains;
using Microsoft.Extensions.Configuration;

namespace GoTo.Silo.Tests.Operations;

/// <summary>What the manifests say must fit what a silo does.</summary>
public sealed partial class ManifestTests
{
    private static readonly string Base = Path.Combine(Repository(), "k8s", "base");

    [Fact]
    public void Kubernetes_waits_longer_than_a_silo_may_take_to_stop()
    {
        var settings = new ConfigurationBuilder().AddJsonFile(Path.Combine(Base, "appsettings.Production.json")).Build();
        var drain = settings.GetSection(DrainSettings.Section).Get<DrainSettings>()!;
        var grace = Grace().Match(File.ReadAllText(Path.Combine(Base, "silo.yaml"))).Groups[1].Value;
        Assert.True(TimeSpan.FromSeconds(int.Parse(grace)) > drain.Limit + DrainSettings.Reserve);
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Orleans.GoTo.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex(@"terminationGracePeriodSeconds: (\d+)")]
    private static partial Regex Grace();
}
