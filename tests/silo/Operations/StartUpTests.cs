using GoTo.Silo.Operations;
using Microsoft.Extensions.Configuration;

namespace GoTo.Silo.Tests.Operations;

public sealed class StartUpTests
{
    /// <summary>Nobody listens there.</summary>
    private const int Closed = 9;

    [Theory]
    [InlineData("GoTo:Cluster:SiloPort", "0", "GoTo:Cluster:SiloPort must be 1 to 65535.")]
    [InlineData("GoTo:Cluster:GatewayPort", "11111", "GoTo:Cluster:GatewayPort must be another than SiloPort.")]
    [InlineData("GoTo:Cluster:SiloPort", "many", "GoTo:Cluster:SiloPort")]
    [InlineData("GoTo:Cluster:AdvertisedAddress", "here", "GoTo:Cluster:AdvertisedAddress is not an IP address.")]
    [InlineData("GoTo:Cluster:ServiceId", "", "GoTo:Cluster:ServiceId must have 1 to 150 characters.")]
    [InlineData("GoTo:Cluster:SqliteFile", "", "GoTo:Cluster:SqliteFile is missing.")]
    [InlineData("ConnectionStrings:Redis", "127.0.0.1:9", "ConnectionStrings:PostgreSql is missing")]
    [InlineData("GoTo:Media:BindAddress", "anywhere", "GoTo:Media:BindAddress is not an IP address.")]
    [InlineData("GoTo:Media:Shards", "0", "GoTo:Media:Shards must be 1 to 64.")]
    [InlineData("GoTo:Media:WarmUpCalls", "0", "GoTo:Media:WarmUpCalls must be 1 to 1000.")]
    [InlineData("GoTo:LiveKit:Url", "", "GoTo:LiveKit:Url")]
    [InlineData("GoTo:Accounts:main:Password", "", "GoTo:Accounts:main:Password")]
    [InlineData("GoTo:Numbers:0:Number", "911", "GoTo:Numbers:0:Number is not in E.164 form")]
    public async Task A_wrong_setting_is_named_and_the_exit_code_is_2(string setting, string value, string message)
    {
        var (code, said) = await Failure(new() { [setting] = value });
        Assert.Equal(2, code);
        Assert.Contains(message, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_is_missing_is_named_at_once()
    {
        var (code, said) = await Failure(new() { ["GoTo:LiveKit:Url"] = null, ["GoTo:Accounts:main:ClientId"] = null });
        Assert.Equal(2, code);
        Assert.Contains("GoTo:LiveKit:Url", said, StringComparison.Ordinal);
        Assert.Contains("GoTo:Accounts:main:ClientId", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_PostgreSQL_that_is_not_there_is_exit_code_4_without_its_password()
    {
        var (code, said) = await Failure(new()
        {
            ["ConnectionStrings:PostgreSql"] = $"Host=127.0.0.1;Port={Closed};Username=goto;Password=pg-secret;Timeout=2",
        });
        Assert.Equal(4, code);
        Assert.Contains("ConnectionStrings:PostgreSql", said, StringComparison.Ordinal);
        Assert.DoesNotContain("pg-secret", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_SQLite_file_in_a_folder_that_is_not_there_is_exit_code_4()
    {
        var (code, said) = await Failure(new() { ["GoTo:Cluster:SqliteFile"] = "/nowhere/at/all/goto.db" });
        Assert.Equal(4, code);
        Assert.Contains("GoTo:Cluster:SqliteFile", said, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Said)> Failure(Dictionary<string, string?> changes)
    {
        var settings = new Dictionary<string, string?>
        {
            ["GoTo:Accounts:main:ClientId"] = "client", ["GoTo:Accounts:main:Username"] = "user",
            ["GoTo:Accounts:main:Password"] = "password", ["GoTo:LiveKit:Url"] = $"ws://127.0.0.1:{Closed}",
            ["GoTo:LiveKit:ApiKey"] = "key", ["GoTo:LiveKit:ApiSecret"] = "secret",
            ["GoTo:Numbers:0:Number"] = "+15555550100", ["GoTo:Numbers:0:Tenant"] = "acme", ["GoTo:Numbers:0:Agent"] = "echo",
            ["Logging:LogLevel:Default"] = "None", ["Logging:LogLevel:Orleans"] = "None",
        };
        foreach (var (name, value) in changes) settings[name] = value;
        try
        {
            await using var silo = GoToSilo.Create(
                ["--urls", "http://127.0.0.1:0"], builder => builder.Configuration.AddInMemoryCollection(settings));
            await silo.StartAsync(TestContext.Current.CancellationToken);
            await silo.StopAsync(TestContext.Current.CancellationToken);
        }
        catch (Exception e) when (StartUp.Explain(e) is var (code, said))
        {
            return (code, said);
        }
        throw new InvalidOperationException("The silo started.");
    }
}
