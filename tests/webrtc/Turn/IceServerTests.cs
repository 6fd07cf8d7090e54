using GoTo.WebRtc.Ice;
using Xunit;

namespace GoTo.WebRtc.Tests.Turn;

public sealed class IceServerTests
{
    [Theory]
    [InlineData("stun:example.org", "Stun", "example.org", 3478)]
    [InlineData("stun:192.0.2.1:19302", "Stun", "192.0.2.1", 19302)]
    [InlineData("turn:example.org", "TurnUdp", "example.org", 3478)]
    [InlineData("turn:example.org:443?transport=udp", "TurnUdp", "example.org", 443)]
    [InlineData("turn:example.org?transport=tcp", "TurnTcp", "example.org", 3478)]
    [InlineData("turns:example.org", "TurnTls", "example.org", 5349)]
    [InlineData("turns:example.org:443?transport=tcp", "TurnTls", "example.org", 443)]
    [InlineData("turn:[2001:db8::1]:3479", "TurnUdp", "2001:db8::1", 3479)]
    [InlineData("turn:[2001:db8::1]", "TurnUdp", "2001:db8::1", 3478)]
    public void A_url_names_the_kind_host_and_port(string url, string kind, string host, int port)
    {
        var server = new IceServer { Url = url, Username = "u", Credential = "c" };

        Assert.Equal(new IceServerAddress(Enum.Parse<IceServerKind>(kind), host, port), server.Parse());
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.org")]
    [InlineData("turn:")]
    [InlineData("turn::3478")]
    [InlineData("turn:example.org:0")]
    [InlineData("turn:example.org:99999")]
    [InlineData("turn:example.org:port")]
    [InlineData("turn:[2001:db8::1]x")]
    [InlineData("turns:example.org?transport=udp")]
    [InlineData("stun:example.org?transport=udp")]
    [InlineData("http://example.org")]
    public void What_is_no_usable_url_is_refused(string url)
    {
        var refusal = Assert.Throws<ArgumentException>(
            () => new IceServer { Url = url, Username = "u", Credential = "hush" }.Parse());

        Assert.DoesNotContain("hush", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Turn_needs_credentials_and_stun_does_not()
    {
        Assert.Throws<ArgumentException>(() => new IceServer { Url = "turn:example.org", Username = "u" }.Parse());
        Assert.Throws<ArgumentException>(
            () => new IceServer { Url = "turn:example.org", Username = new string('u', 170), Credential = "c" }.Parse());
        Assert.NotNull(new IceServer { Url = "stun:example.org" }.Parse());
    }
}
