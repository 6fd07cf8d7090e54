using GoTo.Simulator.Cloud;

namespace GoTo.EndToEnd.Tests;

/// <summary>The first call again, over GoTo's public API as the simulator speaks it.</summary>
public sealed class DialectTests
{
    [Theory]
    [InlineData("arch-002")]
    [InlineData("goto-public")]
    public async Task The_same_call_passes_in_both_dialects(string dialect)
    {
        await using var world = await World.Start();
        var settings = world.SiloSettings();
        var account = $"GoTo:Accounts:{World.Account}";
        settings[$"{account}:Dialect"] = dialect;
        settings[$"{account}:AccountKey"] = CloudAccount.Demo.Key;
        settings[$"{account}:OrganizationId"] = "org-1";
        settings[$"{account}:Extensions:0"] = "1001";
        await using var silo = await SiloProcess.Start(settings);
        await using var service = await Service.Connect(settings);
        await service.ChannelUp();

        await using var phone = world.Dial(Speech.Recorded);

        await phone.IsFlawless();
    }
}
