using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Stun;
using Xunit;

namespace GoTo.WebRtc.Tests.Ice;

/// <summary>A lite agent (RFC 8445 section 2.5): it answers checks and sends none.</summary>
public sealed class IceLiteTests
{
    private static readonly IceAgentOptions Lite = new() { IsLite = true };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_full_agent_connects_to_a_lite_one_whatever_its_first_role(bool controlling)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var network = new VirtualNetwork(seed) { Loss = seed / 50.0 * 0.3, MinDelayMs = 1, MaxDelayMs = 60 };
            var lite = network.AddHost("192.0.2.1:1000", IceRole.Controlling, options: Lite);
            var full = network.AddHost(
                "192.0.2.2:2000", controlling ? IceRole.Controlling : IceRole.Controlled, nat: "198.51.100.1:61000");
            network.At(seed * 7 % 300, () => lite.Accept(full));
            network.At(seed * 13 % 300, () =>
            {
                full.Agent.AddRemoteCandidate(lite.Candidate);
                full.Agent.SetRemoteCredentials(lite.Agent.LocalUfrag, lite.Agent.LocalPassword, iceLite: true);
            });

            Assert.True(network.RunUntil(20_000, () => lite.IsConnected && full.IsConnected), $"seed {seed}");
            Assert.Equal((IceRole.Controlled, IceRole.Controlling), (lite.Agent.Role, full.Agent.Role));
            Assert.Equal(full.Nat, lite.Agent.Selected);
            Assert.Equal(lite.Address, full.Agent.Selected);
        }
    }

    [Fact]
    public void It_sends_answers_only()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, Lite);
        peer.Agent.AddRemoteCandidate(ScriptedPeer.Candidate(ScriptedPeer.Home));
        peer.Receive(peer.Check(IceRole.Controlling));
        peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true, id: 2));
        peer.Advance(25_000);

        Assert.All(peer.TakeSent(), message => Assert.Equal(StunClass.Success, message.Class));
        Assert.Equal(ScriptedPeer.Home, peer.Agent.Selected);
    }

    [Fact]
    public void A_nomination_that_comes_before_the_answer_counts_when_the_answer_is_there()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, Lite, describe: false);
        peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true));
        Assert.Equal(IceState.New, peer.Agent.State);

        peer.Agent.SetRemoteCredentials(ScriptedPeer.Ufrag, ScriptedPeer.Password, iceLite: false);
        peer.Advance(1);

        Assert.Equal(IceState.Connected, peer.Agent.State);
    }

    [Fact]
    public void Whoever_claims_to_be_controlled_is_told_to_control()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, Lite);
        foreach (var tieBreaker in new[] { 0ul, ulong.MaxValue })
            peer.Receive(peer.Check(IceRole.Controlled, tieBreaker: tieBreaker));

        Assert.All(peer.TakeSent(), message => Assert.Equal(StunError.RoleConflict, message.ErrorCode));
        Assert.Equal(IceRole.Controlled, peer.Agent.Role);
    }

    [Fact]
    public void The_checks_of_the_peer_are_its_consent()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, Lite);
        for (var second = 0; second < 120; second += 5)
        {
            peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true, id: (byte)second));
            peer.Advance(5_000);
        }

        Assert.Equal([IceState.Checking, IceState.Connected], peer.States);
        peer.Advance(26_000);
        Assert.Equal([IceState.Disconnected, IceState.Failed], peer.States[2..]);
    }

    [Fact]
    public void Without_any_check_it_fails_in_time()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, Lite);
        peer.Agent.EndOfRemoteCandidates();
        peer.Advance(0);
        peer.Advance(31_000);

        Assert.Equal(IceState.Failed, peer.Agent.State);
        Assert.Empty(peer.TakeSent());
    }
}
