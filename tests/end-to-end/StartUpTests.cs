using System.Net;
using System.Net.Sockets;

namespace GoTo.EndToEnd.Tests;

/// <summary>A silo that cannot start says which setting to change, and its exit code is not zero.</summary>
public sealed class StartUpTests
{
    [Fact]
    public async Task A_silo_without_settings_names_each_that_is_missing()
    {
        var (code, output) = await SiloProcess.RunToEnd(new Dictionary<string, string?>(), Ports.Free());
        Assert.Equal(2, code);
        Assert.Contains("GoTo:Accounts is missing", output, StringComparison.Ordinal);
        Assert.Contains("GoTo:LiveKit:Url is missing", output, StringComparison.Ordinal);
        Assert.Contains("GoTo:LiveKit:ApiSecret is missing", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_without_a_password_is_named_and_no_secret_is_shown()
    {
        await using var world = await World.Start();
        var settings = world.SiloSettings();
        settings.Remove($"GoTo:Accounts:{World.Account}:Password");
        settings[$"GoTo:Accounts:{World.Account}:ClientSecret"] = "s3cret-marker";
        var (code, output) = await SiloProcess.RunToEnd(settings, Ports.Free());
        Assert.Equal(2, code);
        Assert.Contains($"GoTo:Accounts:{World.Account}:Password is missing", output, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret-marker", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_that_is_not_E164_is_named()
    {
        await using var world = await World.Start();
        var settings = world.SiloSettings();
        settings["GoTo:Numbers:0:Number"] = "555-0100";
        var (code, output) = await SiloProcess.RunToEnd(settings, Ports.Free());
        Assert.Equal(2, code);
        Assert.Contains("GoTo:Numbers:0:Number is not in E.164 form", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--urls")]
    [InlineData("GoTo:Cluster:SiloPort")]
    [InlineData("GoTo:Media")]
    public async Task A_port_that_is_taken_is_named(string setting)
    {
        await using var world = await World.Start();
        var settings = world.SiloSettings();
        using var taken = new Socket(
            AddressFamily.InterNetwork, setting is "GoTo:Media" ? SocketType.Dgram : SocketType.Stream, ProtocolType.Unspecified);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (taken.SocketType is SocketType.Stream) taken.Listen();
        var port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        if (setting is "GoTo:Cluster:SiloPort") settings[setting] = $"{port}";
        if (setting is "GoTo:Media") settings["GoTo:Media:Port"] = $"{port}";

        var (code, output) = await SiloProcess.RunToEnd(settings, setting is "--urls" ? port : Ports.Free());

        Assert.Equal(3, code);
        Assert.Contains(setting, output, StringComparison.Ordinal);
        Assert.Contains("in use", output, StringComparison.OrdinalIgnoreCase);
    }
}
