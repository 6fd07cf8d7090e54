using GoTo.WebRtc.Ice;
using Xunit;

namespace GoTo.WebRtc.Tests.Ice;

/// <summary>A NAT that changes its mapping in the middle of a call, over any network; each seed is a run of its own.</summary>
public sealed class IceRebindingTests
{
    // A check of the inner agent, 6 s at most, reveals the new address; a lost one or two cost as much each.
    private const double Bound = 40_000;

    [Fact]
    public void The_call_goes_on_at_the_new_address_or_fails_in_time()
    {
        var survived = 0;
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var network = new VirtualNetwork(seed)
            {
                Loss = random.NextDouble() * 0.3,
                Duplication = random.NextDouble() * 0.2,
                MinDelayMs = 1,
                MaxDelayMs = random.Next(2, 150),
            };
            var (inside, outside) = Connect(network, (IceRole)(seed & 1), seed);

            for (var change = 1; change <= 1 + (seed % 3); change++)
            {
                inside.Rebind($"198.51.100.{change}:{62000 + change}");
                var settled = network.RunUntil(network.NowMs + Bound, () => IsSettled(inside, outside));
                Assert.True(settled, $"seed {seed}, change {change}: {inside.Agent.State}, {outside.Agent.State}, "
                    + $"{outside.Agent.Selected} for {inside.Nat}");
                if (outside.Agent.State == IceState.Failed || inside.Agent.State == IceState.Failed) break;
                if (change == 1 + (seed % 3)) survived++;
            }
        }

        // Only much loss may end a call: 30 s without one answer.
        Assert.InRange(survived, 285, 300);
    }

    [Fact]
    public void Over_a_network_without_loss_every_call_survives_within_a_consent_check_or_two()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var network = new VirtualNetwork(seed) { MinDelayMs = 1, MaxDelayMs = 100 };
            var (inside, outside) = Connect(network, (IceRole)(seed & 1), seed);
            inside.Rebind("198.51.100.9:62000");

            var moved = network.RunUntil(
                network.NowMs + 15_000, () => outside.Agent.Selected == inside.Nat && inside.IsConnected);

            Assert.True(moved, $"seed {seed}: {outside.Agent.Selected}");
        }
    }

    private static (VirtualHost Inside, VirtualHost Outside) Connect(VirtualNetwork network, IceRole role, int seed)
    {
        var inside = network.AddHost("10.0.0.1:1000", role, nat: "198.51.100.200:61000");
        var outside = network.AddHost("192.0.2.2:2000", 1 - role);
        inside.Accept(outside, outside.Candidate);
        outside.Accept(inside, inside.Candidate);
        Assert.True(network.RunUntil(30_000, () => inside.IsConnected && outside.IsConnected), $"seed {seed}");
        network.RunUntil(network.NowMs + (seed * 37 % 10_000));
        return (inside, outside);
    }

    private static bool IsSettled(VirtualHost inside, VirtualHost outside) =>
        (inside.IsConnected && outside.IsConnected && outside.Agent.Selected == inside.Nat)
        || inside.Agent.State == IceState.Failed || outside.Agent.State == IceState.Failed;
}
