using GoTo.Media;

namespace GoTo.Grains.Tests.Media;

public sealed class MediaSettingsTests
{
    [Fact]
    public void A_turn_server_reaches_the_engine_with_its_credentials()
    {
        var settings = new MediaSettings
        {
            IceServers = { new IceServerSetting { Url = "turns:turn.example.com:5349", Username = "silo", Credential = "secret" } },
        };

        Assert.Empty(settings.Validate());
        var server = Assert.Single(settings.ToRtcOptions().IceServers);
        Assert.Equal(("turns:turn.example.com:5349", "silo", "secret"), (server.Url, server.Username, server.Credential));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("http://turn.example.com", null)]
    [InlineData("turn:turn.example.com", null)]
    public void A_server_that_cannot_be_used_is_named_by_its_place(string url, string? username)
    {
        var settings = new MediaSettings
        {
            IceServers = { new IceServerSetting { Url = "stun:a:3478" }, new IceServerSetting { Url = url, Username = username } },
        };

        Assert.StartsWith("GoTo:Media:IceServers:1:", Assert.Single(settings.Validate()), StringComparison.Ordinal);
    }
}
