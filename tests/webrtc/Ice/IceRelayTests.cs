using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Stun;
using Xunit;

namespace GoTo.WebRtc.Tests.Ice;

/// <summary>An agent with a relayed address beside, or instead of, the shard's socket.</summary>
public sealed class IceRelayTests
{
    private static readonly TransportAddress Relay = VirtualNetwork.Address("198.51.100.7:50000");

    [Fact]
    public void Each_remote_candidate_is_checked_from_the_socket_and_from_the_relay()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        peer.Agent.AddRemoteCandidate(ScriptedPeer.Candidate(ScriptedPeer.Home));
        peer.Agent.AddLocalCandidate(IceCandidate.Relayed(Relay, default, 0));
        peer.Advance(200);

        // Paced checks: the better pair, that of the host, first.
        Assert.Equal([default, Relay], peer.Paths.Select(p => p.Relay).Distinct());
        Assert.All(peer.Paths, p => Assert.Equal(ScriptedPeer.Home, p.Remote));
    }

    [Fact]
    public void With_the_relay_policy_the_socket_neither_checks_nor_answers()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, new IceAgentOptions { RelayOnly = true });
        Assert.Equal(
            IceCandidateResult.Accepted, peer.Agent.AddRemoteCandidate(ScriptedPeer.Candidate(ScriptedPeer.Home)));
        peer.Advance(500);
        Assert.False(peer.Receive(peer.Check(IceRole.Controlling)));
        Assert.Empty(peer.TakeSent());

        peer.Agent.AddLocalCandidate(IceCandidate.Relayed(Relay, default, 0));
        peer.Advance(10);
        Assert.Equal([new IcePath(ScriptedPeer.Home, Relay)], peer.Paths);
    }

    [Fact]
    public void A_check_that_comes_by_the_relay_is_answered_by_the_relay_and_selected()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, new IceAgentOptions { RelayOnly = true });
        peer.Agent.AddLocalCandidate(IceCandidate.Relayed(Relay, default, 0));
        var path = new IcePath(ScriptedPeer.Home, Relay);

        Assert.True(peer.Agent.Handle(peer.Check(IceRole.Controlling, useCandidate: true), path, peer.Now));
        Assert.All(peer.Paths, p => Assert.Equal(path, p));
        var check = peer.TakeCheck();
        Assert.True(peer.Agent.Handle(ScriptedPeer.Answer(check), path, peer.Now));

        Assert.Equal(IceState.Connected, peer.Agent.State);
        Assert.Equal(path, peer.Agent.SelectedPath);
    }

    [Fact]
    public void An_answer_that_comes_by_another_way_fails_the_pair()
    {
        var peer = new ScriptedPeer(IceRole.Controlling, new IceAgentOptions { RelayOnly = true });
        peer.Agent.AddLocalCandidate(IceCandidate.Relayed(Relay, default, 0));
        peer.Agent.AddRemoteCandidate(ScriptedPeer.Candidate(ScriptedPeer.Home));
        peer.Advance(10);

        Assert.False(peer.Agent.Handle(ScriptedPeer.Answer(peer.TakeCheck()), ScriptedPeer.Home, peer.Now));

        peer.Advance(200);
        Assert.DoesNotContain(peer.TakeSent(), m => m.UseCandidate);
    }

    [Fact]
    public void A_lost_relay_takes_its_pairs_with_it()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(ScriptedPeer.Candidate(ScriptedPeer.Home));
        peer.Agent.AddLocalCandidate(IceCandidate.Relayed(Relay, default, 0));
        peer.Advance(0);
        peer.TakeSent();
        peer.Agent.RemoveRelay(Relay, peer.Now);
        peer.Advance(5_000);

        Assert.DoesNotContain(peer.TakeSentPaths(), p => p.Relay == Relay);
        Assert.False(peer.Agent.Handle(peer.Check(IceRole.Controlled), new IcePath(ScriptedPeer.Home, Relay), peer.Now));
    }

    [Fact]
    public void A_lost_relay_that_carried_the_media_disconnects_at_once_and_another_pair_takes_its_place()
    {
        var peer = new ScriptedPeer(IceRole.Controlling, new IceAgentOptions { RelayOnly = true });
        var other = VirtualNetwork.Address("198.51.100.8:50001");
        peer.Agent.AddLocalCandidate(IceCandidate.Relayed(Relay, default, 0));
        peer.Agent.AddLocalCandidate(IceCandidate.Relayed(other, default, 1));
        peer.Agent.AddRemoteCandidate(ScriptedPeer.Candidate(ScriptedPeer.Home));
        AnswerAll(peer);
        AnswerAll(peer);
        Assert.Equal((IceState.Connected, Relay), (peer.Agent.State, peer.Agent.SelectedPath.Relay));

        peer.Agent.RemoveRelay(Relay, peer.Now);

        Assert.Equal(IceState.Disconnected, peer.Agent.State);
        AnswerAll(peer);
        Assert.Equal((IceState.Connected, other), (peer.Agent.State, peer.Agent.SelectedPath.Relay));

        static void AnswerAll(ScriptedPeer peer)
        {
            peer.Advance(100);
            var paths = peer.Paths.ToArray();
            foreach (var (check, path) in peer.TakeSent().Zip(paths))
                peer.Agent.Handle(ScriptedPeer.Answer(check), path, peer.Now);
            peer.Advance(0);
        }
    }

    [Fact]
    public void The_life_of_the_peer_does_not_bring_back_a_pair_whose_relay_is_lost()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        peer.Agent.AddLocalCandidate(IceCandidate.Relayed(Relay, default, 0));
        peer.Advance(0);
        Nominate(new IcePath(ScriptedPeer.Home, Relay));
        Assert.Equal((IceState.Connected, Relay), (peer.Agent.State, peer.Agent.SelectedPath.Relay));
        peer.Agent.RemoveRelay(Relay, peer.Now);

        peer.Agent.OnTraffic(peer.Now);
        Assert.True(peer.Agent.Handle(peer.Check(IceRole.Controlling), ScriptedPeer.Home, peer.Now));
        Assert.Equal(IceState.Disconnected, peer.Agent.State);

        Nominate(ScriptedPeer.Home);
        Assert.Equal((IceState.Connected, default), (peer.Agent.State, peer.Agent.SelectedPath.Relay));

        void Nominate(IcePath path)
        {
            Assert.True(peer.Agent.Handle(peer.Check(IceRole.Controlling, useCandidate: true), path, peer.Now));
            foreach (var check in peer.TakeSent().Where(m => m.Class == StunClass.Request))
                peer.Agent.Handle(ScriptedPeer.Answer(check), path, peer.Now);
        }
    }

    [Fact]
    public void A_controlling_agent_waits_a_moment_for_a_direct_pair_before_it_nominates_the_relayed_one()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddLocalCandidate(IceCandidate.Relayed(Relay, default, 0));
        peer.Agent.AddRemoteCandidate(ScriptedPeer.Candidate(ScriptedPeer.Home));
        peer.Advance(100);
        var byRelay = peer.Paths.FindIndex(p => p.Relay == Relay);
        var checks = peer.TakeSent();
        Assert.True(peer.Agent.Handle(
            ScriptedPeer.Answer(checks[byRelay]), new IcePath(ScriptedPeer.Home, Relay), peer.Now));
        Assert.DoesNotContain(peer.TakeSent(), m => m.UseCandidate);

        peer.Advance(60);

        Assert.Contains(peer.TakeSent(), m => m is { Class: StunClass.Request, UseCandidate: true });
    }
}
