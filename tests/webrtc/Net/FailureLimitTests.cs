using GoTo.WebRtc.Net;
using GoTo.WebRtc.Tests.Ice;
using Xunit;

namespace GoTo.WebRtc.Tests.Net;

public sealed class FailureLimitTests
{
    private readonly FailureLimit _limit = new();

    [Fact]
    public void A_network_that_fails_too_often_is_not_heard_for_a_while_and_the_others_are()
    {
        for (var i = 0; i < FailureLimit.PerNetwork; i++)
        {
            Assert.True(Allows($"192.0.2.{i + 1}:{1000 + i}"));
            Fails($"192.0.2.{i + 1}:{1000 + i}");
        }

        Assert.False(Allows("192.0.2.200:9"));
        Assert.True(Allows("198.51.100.1:9"));
        Assert.True(Allows("192.0.2.200:9", atMs: 100));
    }

    [Fact]
    public void An_IPv6_network_is_a_prefix_of_64_bits()
    {
        for (var i = 0; i < FailureLimit.PerNetwork; i++)
            Fails($"[2001:db8::{i:x}]:1");

        Assert.False(Allows("[2001:db8::ffff]:1"));
        Assert.True(Allows("[2001:db8:0:1::1]:1"));
    }

    [Fact]
    public void All_networks_together_are_bounded_too()
    {
        for (var i = 0; i < FailureLimit.Global; i++)
            Fails($"10.{i / 250}.{i % 250}.1:1");

        Assert.False(Allows("172.16.0.1:1"));
        Assert.True(Allows("172.16.0.1:1", atMs: 10));
    }

    [Fact]
    public void Those_who_do_not_fail_are_never_refused()
    {
        for (var i = 0; i < 100_000; i++)
            Assert.True(Allows("192.0.2.1:1"));
    }

    private static long Ms(double milliseconds) => (long)(milliseconds * TimeSpan.TicksPerMillisecond);

    private bool Allows(string source, double atMs = 0) => _limit.Allows(VirtualNetwork.Address(source), Ms(atMs));

    private void Fails(string source) => _limit.OnFailure(VirtualNetwork.Address(source), 0);
}
