using GoTo.WebRtc.Ice;
using Xunit;

namespace GoTo.WebRtc.Tests.Ice;

/// <summary>Two agents on a virtual network.</summary>
public sealed class IceConnectivityTests
{
    private const string Mdns = "candidate:1 1 udp 2113937151 9b36eaac-bb2e-49bb-bb78-21c41c499900.local 4000 typ host";

    [Fact]
    public void Agents_connect_over_any_network_that_loses_up_to_a_third_delays_copies_and_reorders()
    {
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

            // All four pairs of roles: two of them are conflicts.
            var left = network.AddHost("192.0.2.1:1000", (IceRole)(seed & 1));
            var right = network.AddHost("192.0.2.2:2000", (IceRole)((seed >> 1) & 1));
            foreach (var (host, peer) in new[] { (left, right), (right, left) })
            {
                network.At(random.Next(0, 500), () => host.Accept(peer));
                network.At(random.Next(0, 1000), () => host.Agent.AddRemoteCandidate(peer.Candidate));
                network.At(random.Next(0, 1000), () => host.Agent.AddRemoteCandidate(
                    "candidate:9 1 udp 2130706431 203.0.113.9 9 typ host"));
                network.At(1000, host.Agent.EndOfRemoteCandidates);
            }

            var connected = network.RunUntil(20_000, () => left.IsConnected && right.IsConnected);

            Assert.True(connected, $"seed {seed}: {left.Agent.State}, {right.Agent.State}");
            Assert.Equal(right.Address, left.Agent.Selected);
            Assert.Equal(left.Address, right.Agent.Selected);
            Assert.NotEqual(left.Agent.Role, right.Agent.Role);
        }
    }

    [Fact]
    public void Over_a_network_that_swallows_all_or_one_direction_both_fail_in_time()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var network = new VirtualNetwork(seed);
            var (left, right) = Pair(network);
            network.Passes = (from, _) => seed % 2 == 0 && from == left.Address;
            left.Agent.EndOfRemoteCandidates();

            network.RunUntil(40_000);

            Assert.Equal(IceState.Failed, left.Agent.State);
            Assert.Equal(IceState.Failed, right.Agent.State);
            Assert.InRange(left.TimeOf(IceState.Failed), 10_000, 30_000);
            Assert.Equal(30_000, right.TimeOf(IceState.Failed));
            Assert.Equal(long.MaxValue, left.Agent.NextDeadline);
            Assert.InRange(left.Sent, 10, 40);
        }
    }

    [Fact]
    public void A_connection_takes_two_round_trips()
    {
        var network = new VirtualNetwork(1) { MinDelayMs = 20, MaxDelayMs = 20 };
        var (left, right) = Pair(network);

        network.RunUntil(1_000);

        Assert.Equal([(0, IceState.Checking), (80, IceState.Connected)], left.States);
        Assert.Equal([(0, IceState.Checking), (60, IceState.Connected)], right.States);
        Assert.Equal([right.Address], left.SelectedRemotes);
        Assert.Equal([left.Address], right.SelectedRemotes);
        Assert.Equal(TimeSpan.FromMilliseconds(40).Ticks, left.Agent.RoundTripTime);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_with_only_mdns_names_is_found_by_its_own_checks(bool controlling)
    {
        var role = controlling ? IceRole.Controlling : IceRole.Controlled;
        var network = new VirtualNetwork(2);
        var named = network.AddHost("192.0.2.1:1000", role);
        var other = network.AddHost("192.0.2.2:2000", 1 - role);
        Assert.Equal(IceCandidateResult.HostName, other.Agent.AddRemoteCandidate(Mdns));
        other.Accept(named, "end-of-candidates");
        network.At(12_000, () => named.Accept(other, other.Candidate, ""));

        Assert.True(network.RunUntil(12_200, () => named.IsConnected && other.IsConnected));
        Assert.Equal(named.Address, other.Agent.Selected);
        Assert.Equal(IceCandidateType.PeerReflexive, other.Agent.SelectedCandidate?.Type);
    }

    [Fact]
    public void Behind_a_NAT_both_sides_learn_the_translated_address()
    {
        var network = new VirtualNetwork(3);
        var inside = network.AddHost("10.0.0.1:1000", IceRole.Controlled, nat: "198.51.100.1:61000");
        var outside = network.AddHost("192.0.2.2:2000", IceRole.Controlling);
        outside.Accept(inside, inside.Candidate);
        inside.Accept(outside, outside.Candidate);

        Assert.True(network.RunUntil(200, () => inside.IsConnected && outside.IsConnected));
        Assert.Equal(inside.Nat, outside.Agent.Selected);
        Assert.Equal(inside.Nat, inside.Agent.LocalReflexiveAddress);
        Assert.False(outside.Agent.LocalReflexiveAddress.IsSpecified);
    }

    [Fact]
    public void A_candidate_that_is_signalled_after_its_checks_came_keeps_the_pair()
    {
        var network = new VirtualNetwork(4);
        var inside = network.AddHost("10.0.0.1:1000", IceRole.Controlled, nat: "198.51.100.1:61000");
        var outside = network.AddHost("192.0.2.2:2000", IceRole.Controlling);
        outside.Accept(inside);
        inside.Accept(outside, outside.Candidate);
        Assert.True(network.RunUntil(200, () => outside.IsConnected));
        var reflexive = "candidate:2 1 udp 1694498815 198.51.100.1 61000 typ srflx raddr 10.0.0.1 rport 1000";

        Assert.Equal(IceCandidateResult.Accepted, outside.Agent.AddRemoteCandidate(reflexive));
        Assert.Equal(IceCandidateResult.Duplicate, outside.Agent.AddRemoteCandidate(reflexive));
        network.RunUntil(1_000);

        Assert.Equal(IceCandidateType.ServerReflexive, outside.Agent.SelectedCandidate?.Type);
        Assert.Equal([inside.Nat], outside.SelectedRemotes);
    }

    [Fact]
    public void Candidates_may_come_long_after_the_credentials()
    {
        var network = new VirtualNetwork(5);
        var left = network.AddHost("192.0.2.1:1000", IceRole.Controlling);
        var right = network.AddHost("192.0.2.2:2000", IceRole.Controlled);
        left.Accept(right);
        right.Accept(left);
        network.At(25_000, () => left.Agent.AddRemoteCandidate(right.Candidate));

        Assert.False(network.RunUntil(24_999, () => left.IsConnected));
        Assert.True(network.RunUntil(25_010, () => left.IsConnected && right.IsConnected));
    }

    [Fact]
    public void Silence_is_told_after_seven_seconds_and_consent_ends_after_thirty()
    {
        var network = new VirtualNetwork(6);
        var (left, right) = Pair(network);
        Assert.True(network.RunUntil(100, () => left.IsConnected && right.IsConnected));

        network.RunUntil(60_000);
        network.Passes = (_, _) => false;
        network.RunUntil(200_000);

        foreach (var host in new[] { left, right })
        {
            Assert.Equal([IceState.Checking, IceState.Connected, IceState.Disconnected, IceState.Failed],
                host.States.Select(s => s.State));

            // Counted from the last answer, which is up to 6 s before the cut.
            Assert.InRange(host.TimeOf(IceState.Disconnected), 61_000, 67_100);
            Assert.InRange(host.TimeOf(IceState.Failed), 84_000, 90_100);
            Assert.Equal(long.MaxValue, host.Agent.NextDeadline);
        }
    }

    [Fact]
    public void A_short_silence_heals_by_itself()
    {
        var network = new VirtualNetwork(7);
        var (left, right) = Pair(network);
        Assert.True(network.RunUntil(100, () => left.IsConnected && right.IsConnected));
        network.Passes = (_, _) => false;
        network.At(15_000, () => network.Passes = (_, _) => true);

        network.RunUntil(60_000);

        IceState[] expected = [IceState.Checking, IceState.Connected, IceState.Disconnected, IceState.Connected];
        Assert.Equal(expected, left.States.Select(s => s.State));
        Assert.Equal(expected, right.States.Select(s => s.State));
    }

    [Fact]
    public void A_long_call_over_a_lossy_network_keeps_its_consent_with_few_checks()
    {
        var network = new VirtualNetwork(8) { Loss = 0.05, MaxDelayMs = 40 };
        var (left, right) = Pair(network);
        Assert.True(network.RunUntil(5_000, () => left.IsConnected && right.IsConnected));
        var (leftSent, rightSent) = (left.Sent, right.Sent);

        network.RunUntil(3_600_000);

        Assert.DoesNotContain(left.States, s => s.State == IceState.Failed);
        Assert.DoesNotContain(right.States, s => s.State == IceState.Failed);
        Assert.Equal(right.Address, left.Agent.Selected);

        // An hour has about 720 checks of our own and as many answers.
        Assert.InRange(left.Sent - leftSent, 1_250, 1_800);
        Assert.InRange(right.Sent - rightSent, 1_250, 1_800);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_two_agents_in_one_role_exactly_one_gives_way(bool controlling)
    {
        var role = controlling ? IceRole.Controlling : IceRole.Controlled;
        for (var seed = 0; seed < 20; seed++)
        {
            var network = new VirtualNetwork(seed) { MinDelayMs = 1, MaxDelayMs = 30 };
            var left = network.AddHost("192.0.2.1:1000", role);
            var right = network.AddHost("192.0.2.2:2000", role);
            left.Accept(right, right.Candidate);
            right.Accept(left, left.Candidate);

            Assert.True(network.RunUntil(1_000, () => left.IsConnected && right.IsConnected), $"seed {seed}");
            network.RunUntil(20_000);
            Assert.NotEqual(left.Agent.Role, right.Agent.Role);
            Assert.True(left.IsConnected && right.IsConnected);
        }
    }

    private static (VirtualHost Left, VirtualHost Right) Pair(VirtualNetwork network)
    {
        var left = network.AddHost("192.0.2.1:1000", IceRole.Controlling);
        var right = network.AddHost("192.0.2.2:2000", IceRole.Controlled);
        left.Accept(right, right.Candidate);
        right.Accept(left, left.Candidate);
        return (left, right);
    }
}
