using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Stun;
using Xunit;
using static GoTo.WebRtc.Tests.Ice.ScriptedPeer;

namespace GoTo.WebRtc.Tests.Ice;

/// <summary>The peer's checks, sent by a scripted peer.</summary>
public sealed class IceRequestsTests
{
    private static readonly TransportAddress Other = VirtualNetwork.Address("192.0.2.60:6000");

    [Fact]
    public void A_check_is_answered_with_the_address_it_came_from_and_triggers_ours_at_once()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        var request = peer.Check(IceRole.Controlling);

        Assert.True(peer.Receive(request));

        var sent = peer.TakeSent();
        Assert.Equal([(StunClass.Success, Home), (StunClass.Request, Home)], sent.Select(m => (m.Class, m.To)));
        Assert.Equal(request[8..20], sent[0].TransactionId);
        Assert.True(StunMessage.TryParse(sent[0].Raw, out var answer));
        Assert.True(answer.TryGetXorMappedAddress(out var mapped));
        Assert.Equal(Home, mapped);
    }

    [Fact]
    public void A_check_before_the_credentials_is_answered_and_remembered_with_its_nomination()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, describe: false);

        Assert.True(peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true)));
        Assert.Equal(StunClass.Success, Assert.Single(peer.TakeSent()).Class);
        Assert.Equal(long.MaxValue, peer.Agent.NextDeadline);
        Assert.Empty(peer.States);

        peer.Agent.SetRemoteCredentials(Ufrag, Password, iceLite: false);
        Assert.Equal(0, peer.Agent.NextDeadline);
        peer.Advance(0);
        Assert.True(peer.Receive(Answer(peer.TakeCheck())));

        Assert.Equal([IceState.Checking, IceState.Connected], peer.States);
        Assert.Equal([Home], peer.SelectedRemotes);
    }

    [Fact]
    public void A_stranger_gets_no_answer_and_teaches_us_nothing()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        var broken = peer.Check(IceRole.Controlling);
        broken[^1] ^= 1;

        Assert.False(peer.Receive(peer.Check(IceRole.Controlling, password: "a-password-that-is-wrong")));
        Assert.False(peer.Receive(peer.Check(IceRole.Controlling, receiver: "someone-else")));
        Assert.False(peer.Receive(peer.Check(IceRole.Controlling, receiver: "")));
        Assert.False(peer.Receive(broken));
        Assert.False(peer.Receive([1, 2, 3]));
        peer.Advance(10_000);

        Assert.Empty(peer.TakeSent());
        Assert.Equal(4, peer.Agent.RejectedMessages);
        Assert.False(peer.Agent.Selected.IsSpecified);
    }

    [Fact]
    public void A_check_on_a_pair_that_works_already_is_met_with_one_of_ours_for_the_peer_to_nominate_on()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        peer.Advance(100);
        Assert.True(peer.Receive(Answer(peer.TakeCheck())));

        // As pion: it nominates at its tick, or when a check comes on a pair whose answer it has.
        Assert.True(peer.Receive(peer.Check(IceRole.Controlling, id: 1)));
        var sent = peer.TakeSent();
        Assert.Equal([StunClass.Success, StunClass.Request], sent.Select(m => m.Class));
        Assert.True(peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true, id: 2)));

        Assert.Equal([IceState.Checking, IceState.Connected], peer.States);
        Assert.True(peer.Receive(Answer(sent[1])));
        Assert.Equal([Home], peer.SelectedRemotes);
    }

    [Fact]
    public void A_peer_that_goes_on_checking_a_pair_that_works_gets_no_more_checks_for_it()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        peer.Receive(peer.Check(IceRole.Controlling, id: 1));
        peer.AnswerAll();

        for (byte id = 2; id < 100; id++)
        {
            peer.Receive(peer.Check(IceRole.Controlling, id: id));
            foreach (var check in peer.TakeSent().Where(m => m.Class == StunClass.Request))
            {
                Assert.Equal(2, id);
                peer.Receive(Answer(check));
            }
        }

        Assert.Equal(IceState.Checking, peer.Agent.State);
    }

    [Fact]
    public void A_nomination_selects_the_pair_once_it_is_valid()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true));
        Assert.Equal([IceState.Checking], peer.States);

        peer.AnswerAll();

        Assert.Equal([IceState.Checking, IceState.Connected], peer.States);
        Assert.Equal([Home], peer.SelectedRemotes);
    }

    [Fact]
    public void Every_later_nomination_is_followed_but_no_late_copy_of_an_old_one()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        var first = peer.Check(IceRole.Controlling, useCandidate: true, id: 1);
        peer.Receive(first);
        peer.AnswerAll();
        peer.Advance(170);

        peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true, id: 2), Other);
        peer.AnswerAll();
        Assert.Equal([Home, Other], peer.SelectedRemotes);

        peer.Receive(first);
        Assert.Equal(Other, peer.Agent.Selected);
        peer.Receive(peer.Check(IceRole.Controlling, id: 3));
        Assert.Equal(Other, peer.Agent.Selected);

        peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true, id: 4));
        Assert.Equal([Home, Other, Home], peer.SelectedRemotes);
        Assert.Equal([IceState.Checking, IceState.Connected], peer.States);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_a_role_conflict_the_greater_tie_breaker_controls(bool controlling)
    {
        var role = controlling ? IceRole.Controlling : IceRole.Controlled;
        foreach (var peersTieBreaker in new[] { 0ul, ulong.MaxValue })
        {
            var peer = new ScriptedPeer(role);
            Assert.True(peer.Receive(peer.Check(role, tieBreaker: peersTieBreaker)));
            var answer = peer.TakeSent()[0];

            // The winner of the comparison is controlling; a peer that has to switch is told by an authenticated 487.
            var weControl = peersTieBreaker == 0;
            Assert.Equal(weControl ? IceRole.Controlling : IceRole.Controlled, peer.Agent.Role);
            Assert.Equal(weControl == controlling ? (StunClass.Error, 487) : (StunClass.Success, 0),
                (answer.Class, answer.ErrorCode));
        }
    }

    [Fact]
    public void Unknown_attributes_that_must_be_understood_are_refused_by_name()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);

        Assert.True(peer.Receive(peer.Check(IceRole.Controlling, unknown: [0x0003, 0xC057, 0x7FFE])));

        var refusal = Assert.Single(peer.TakeSent());
        Assert.Equal((StunClass.Error, 420), (refusal.Class, refusal.ErrorCode));
        Assert.Contains("000A0004" + "00037FFE", Convert.ToHexString(refusal.Raw), StringComparison.Ordinal);
    }

    [Fact]
    public void Attributes_that_may_be_ignored_are()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);

        peer.Receive(peer.Check(IceRole.Controlling, unknown: [0xC057, 0xC001]));

        Assert.Equal([StunClass.Success, StunClass.Request], peer.TakeSent().Select(m => m.Class));
    }

    [Fact]
    public void A_peer_that_floods_us_with_checks_is_not_flooded_by_us()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        for (var i = 0; i < 200; i++)
        {
            peer.Receive(peer.Check(IceRole.Controlling, id: (byte)i));
            peer.Advance(1);
        }

        var sent = peer.TakeSent();
        Assert.Equal(200, sent.Count(m => m.Class == StunClass.Success));
        Assert.InRange(sent.Count(m => m.Class == StunClass.Request), 5, 12);
    }

    [Fact]
    public void A_failed_pair_is_tried_again_when_the_peer_checks_it()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        peer.Advance(15_000);
        peer.TakeSent();

        peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true));
        peer.AnswerAll();

        Assert.Equal([IceState.Checking, IceState.Connected], peer.States);
    }

    [Fact]
    public void Peer_reflexive_pairs_are_bounded()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, new IceAgentOptions { MaxPairs = 5 });
        for (var port = 7000; port < 7020; port++)
            peer.Receive(peer.Check(IceRole.Controlling), VirtualNetwork.Address($"192.0.2.50:{port}"));

        var sent = peer.TakeSent();
        Assert.Equal(20, sent.Count(m => m.Class == StunClass.Success));
        Assert.Equal(5, sent.Count(m => m.Class == StunClass.Request));
    }

    [Fact]
    public void A_pair_that_has_failed_makes_room_for_a_new_one()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, new IceAgentOptions { MaxPairs = 1 });
        Assert.Equal(IceCandidateResult.Accepted, peer.Agent.AddRemoteCandidate(Candidate(Home)));
        Assert.Equal(IceCandidateResult.Refused, peer.Agent.AddRemoteCandidate(Candidate(Other)));
        peer.Advance(15_000);

        Assert.Equal(IceCandidateResult.Duplicate, peer.Agent.AddRemoteCandidate(Candidate(Home)));
        Assert.Equal(IceCandidateResult.Accepted, peer.Agent.AddRemoteCandidate(Candidate(Other)));
        Assert.Equal(IceCandidateResult.Refused, peer.Agent.AddRemoteCandidate(Candidate(Home)));
    }

    [Fact]
    public void A_pair_that_the_peer_goes_on_checking_is_not_given_up()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        for (var second = 0; second < 20; second++)
        {
            peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true, id: (byte)second));
            peer.Advance(1_000);
        }

        var checks = peer.TakeSent().Where(m => m.Class == StunClass.Request).ToArray();
        Assert.All(checks, check => Assert.Equal(checks[0].TransactionId, check.TransactionId));

        // Each sign of life begins the time-outs anew: 0, 100 and 300 ms.
        peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true, id: 100));
        peer.Advance(350);
        Assert.Equal(3, peer.TakeSent().Count(m => m.Class == StunClass.Request));
        Assert.True(peer.Receive(Answer(checks[0])));
        Assert.Equal(IceState.Connected, peer.Agent.State);
        Assert.Equal(0, peer.Agent.RoundTripTime);
    }

    [Fact]
    public void An_indication_is_no_sign_of_life_and_no_error()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        var buffer = new byte[64];
        var length = new StunWriter(buffer, StunClass.Indication, StunProtocol.BindingMethod, new byte[12]).Finish();

        Assert.False(peer.Receive(buffer[..length]));
        Assert.Equal(0, peer.Agent.RejectedMessages);
        Assert.Empty(peer.TakeSent());
    }

    [Fact]
    public void A_closed_agent_says_nothing_more()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        peer.Receive(peer.Check(IceRole.Controlling, useCandidate: true));
        peer.AnswerAll();

        peer.Agent.Close();

        Assert.False(peer.Receive(peer.Check(IceRole.Controlling)));
        Assert.Equal(long.MaxValue, peer.Agent.NextDeadline);
        peer.Agent.Tick(Ms(60_000));
        Assert.Empty(peer.TakeSent());
        Assert.Equal(IceState.Closed, peer.Agent.State);
        Assert.Equal(IceCandidateResult.Refused, peer.Agent.AddRemoteCandidate(Candidate(Other)));
    }

    [Fact]
    public void No_mutated_check_is_accepted_and_none_makes_the_agent_throw()
    {
        var peer = new ScriptedPeer(IceRole.Controlled);
        var original = peer.Check(IceRole.Controlling, useCandidate: true);
        var random = new Random(8445);
        for (var round = 0; round < 20_000; round++)
        {
            var mutant = (byte[])original.Clone();

            // Behind the integrity stands only the fingerprint; without it the check is as good.
            var position = random.Next(mutant.Length - StunProtocol.FingerprintLength);
            mutant[position] ^= (byte)random.Next(1, 256);

            Assert.False(peer.Receive(mutant), $"round {round}, byte {position}");
        }

        Assert.Empty(peer.TakeSent());
        Assert.True(peer.Receive(original));
    }

    [Fact]
    public void An_established_pair_allocates_nothing_for_checks_answers_and_consent()
    {
        var sink = new LastMessageSink();
        var agent = new IceAgent(new(), Entropy.Seeded(1), sink);
        var peer = new ScriptedPeer(IceRole.Controlled, seed: 1);
        Assert.Equal(peer.Agent.LocalPassword, agent.LocalPassword);
        agent.SetRemoteCredentials(Ufrag, Password, iceLite: false);
        var check = peer.Check(IceRole.Controlling, useCandidate: true);
        Assert.True(agent.Handle(check, Home, 0));
        Assert.True(agent.Handle(Answer(SentMessage.Read(sink.Last.ToArray(), Home, agent.LocalPassword)), Home, 0));
        Assert.Equal(IceState.Connected, agent.State);
        agent.Tick(0);
        var sent = sink.Sent;

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var second = 1; second < 29; second++)
        {
            Assert.True(agent.Handle(check, Home, Ms(second * 1000)));
            if (agent.NextDeadline <= Ms(second * 1000)) agent.Tick(Ms(second * 1000));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(sink.Sent - sent, 28 + 4, 28 + 7);
    }

    private sealed class LastMessageSink : IIceSink
    {
        private readonly byte[] _last = new byte[1500];
        private int _length;

        public ReadOnlySpan<byte> Last => _last.AsSpan(0, _length);

        public int Sent { get; private set; }

        public void SendStun(ReadOnlySpan<byte> datagram, in IcePath path)
        {
            datagram.CopyTo(_last);
            (_length, Sent) = (datagram.Length, Sent + 1);
        }

        public void OnIceStateChanged(IceState state)
        {
        }

        public void OnSelected(in IcePath path)
        {
        }
    }
}
