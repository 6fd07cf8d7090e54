using GoTo.WebRtc.Ice;
using Xunit;
using static GoTo.WebRtc.Tests.Ice.ScriptedPeer;

namespace GoTo.WebRtc.Tests.Ice;

/// <summary>Our checks and nominations, against a scripted peer.</summary>
public sealed class IceChecksTests
{
    private static readonly TransportAddress Other = VirtualNetwork.Address("192.0.2.60:6000");

    [Fact]
    public void The_first_check_goes_out_at_once_and_says_who_we_are()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        Assert.Equal(0, peer.Agent.NextDeadline);

        peer.Agent.Tick(0);

        var check = peer.TakeCheck();
        Assert.Equal((Home, $"{Ufrag}:{peer.Agent.LocalUfrag}", false, IceRole.Controlling),
            (check.To, check.Username, check.UseCandidate, check.Role!.Value));
        Assert.Equal(IceCandidate.ComputePriority(IceCandidateType.PeerReflexive, 65535), check.Priority);
        Assert.True(peer.Agent.OwnsTransaction(check.TransactionId));
        Assert.False(peer.Agent.OwnsTransaction(new byte[12]));
        Assert.False(peer.Agent.OwnsTransaction([1, 2, 3]));
    }

    [Fact]
    public void A_check_is_repeated_with_growing_time_outs_and_then_given_up()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        var times = new List<double>();
        var ids = new HashSet<string>();
        for (var ms = 0; ms < 20_000; ms += 50)
        {
            peer.Advance(ms == 0 ? 0 : 50);
            foreach (var check in peer.TakeSent())
            {
                times.Add(ms);
                ids.Add(Convert.ToHexString(check.TransactionId));
            }
        }

        Assert.Equal([0, 100, 300, 700, 1500, 3100, 4700, 6300, 7900, 9500], times);
        Assert.Single(ids);
        Assert.Equal(IceState.Checking, peer.Agent.State);
    }

    [Fact]
    public void Without_a_better_pair_the_first_valid_one_is_nominated_at_once()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home, 2000));
        peer.Agent.AddRemoteCandidate(Candidate(Other, 1000));
        peer.Agent.Tick(0);
        var checks = peer.TakeSent();
        Assert.Equal([Home, Other], checks.Select(c => c.To));

        Assert.True(peer.Receive(Answer(checks[0])));
        var nomination = peer.TakeCheck();
        Assert.Equal((Home, true), (nomination.To, nomination.UseCandidate));
        Assert.Equal([IceState.Checking], peer.States);

        Assert.True(peer.Receive(Answer(nomination)));
        Assert.Equal([IceState.Checking, IceState.Connected], peer.States);
        Assert.Equal([Home], peer.SelectedRemotes);
    }

    [Fact]
    public void A_better_pair_gets_a_short_grace_to_become_valid()
    {
        foreach (var betterAnswers in new[] { true, false })
        {
            var peer = new ScriptedPeer(IceRole.Controlling);
            peer.Agent.AddRemoteCandidate(Candidate(Home, 2000));
            peer.Agent.AddRemoteCandidate(Candidate(Other, 1000));
            peer.Agent.Tick(0);
            var checks = peer.TakeSent();
            peer.Receive(Answer(checks[1]), Other);
            peer.Advance(49);
            Assert.Empty(peer.TakeSent());

            if (betterAnswers) peer.Receive(Answer(checks[0]));
            else peer.Advance(1);

            var nomination = peer.TakeCheck();
            Assert.Equal((betterAnswers ? Home : Other, true), (nomination.To, nomination.UseCandidate));
        }
    }

    [Fact]
    public void A_relayed_pair_waits_for_the_grace_even_alone()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home, 1000, "relay"));
        peer.Agent.Tick(0);
        peer.Receive(Answer(peer.TakeCheck()));
        peer.Advance(49);
        Assert.Empty(peer.TakeSent());

        peer.Advance(1);

        Assert.True(peer.TakeCheck().UseCandidate);
    }

    [Fact]
    public void A_nomination_without_answer_passes_to_another_valid_pair()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home, 2000));
        peer.Agent.AddRemoteCandidate(Candidate(Other, 1000));
        peer.Agent.Tick(0);
        foreach (var check in peer.TakeSent()) peer.Receive(Answer(check), check.To);

        peer.Advance(3_150);

        var nominations = peer.TakeSent();
        Assert.Equal([Home, Home, Home, Home, Home, Other], nominations.Select(n => n.To));
        Assert.All(nominations, n => Assert.True(n.UseCandidate));
        peer.Receive(Answer(nominations[^1]), Other);
        Assert.Equal([Other], peer.SelectedRemotes);
    }

    [Fact]
    public void First_checks_come_in_a_burst_and_then_one_every_fifty_milliseconds()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        for (var i = 0; i < 50; i++)
        {
            var candidate = Candidate(VirtualNetwork.Address($"192.0.2.50:{6000 + i}"), (uint)(9000 - i));
            Assert.Equal(IceCandidateResult.Accepted, peer.Agent.AddRemoteCandidate(candidate));
        }

        Assert.Equal(IceCandidateResult.Refused, peer.Agent.AddRemoteCandidate(Candidate(Home)));
        peer.Agent.Tick(0);
        Assert.Equal(Enumerable.Range(6000, 10), peer.TakeSent().Select(c => c.To.Port));
        peer.Advance(50);
        Assert.Equal(6010, peer.TakeCheck().To.Port);
        peer.Advance(1_950);
        Assert.Equal(Enumerable.Range(6000, 50), peer.TakeSent().Select(c => c.To.Port).Distinct().Order());
    }

    [Fact]
    public void An_answer_from_another_address_fails_the_pair()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        peer.Agent.Tick(0);

        Assert.False(peer.Receive(Answer(peer.TakeCheck()), Other));

        peer.Advance(5_000);
        Assert.Empty(peer.TakeSent());
        Assert.Equal(IceState.Checking, peer.Agent.State);
    }

    [Fact]
    public void An_answer_under_another_password_is_ignored()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        peer.Agent.Tick(0);
        var check = peer.TakeCheck();

        Assert.False(peer.Receive(Answer(check, password: "another-password-entirely")));
        Assert.Equal(1, peer.Agent.RejectedMessages);
        Assert.Empty(peer.TakeSent());

        Assert.True(peer.Receive(Answer(check)));
        Assert.False(peer.Receive(Answer(check)));
        Assert.True(peer.TakeCheck().UseCandidate);
    }

    [Fact]
    public void A_controlled_agent_leaves_the_first_check_to_its_peer_for_a_moment()
    {
        var met = new ScriptedPeer(IceRole.Controlled);
        met.Agent.AddRemoteCandidate(Candidate(Home, 2000));
        met.Advance(50);
        Assert.Empty(met.TakeSent());
        met.Receive(met.Check(IceRole.Controlling));
        Assert.Equal(Home, met.TakeCheck().To);

        // Behind a NAT that lets nothing in, ours has to be the first.
        var alone = new ScriptedPeer(IceRole.Controlled);
        alone.Agent.AddRemoteCandidate(Candidate(Home, 2000));
        alone.Advance(100);
        Assert.Equal(Home, alone.TakeCheck().To);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_role_conflict_answer_switches_the_role_and_repeats_the_check(bool controlling)
    {
        var role = controlling ? IceRole.Controlling : IceRole.Controlled;
        var peer = new ScriptedPeer(role);
        peer.Agent.AddRemoteCandidate(Candidate(Home, 2000));
        peer.Agent.AddRemoteCandidate(Candidate(Other, 1000));
        peer.Advance(controlling ? 0 : 100);
        var checks = peer.TakeSent();

        Assert.False(peer.Receive(Refuse(checks[0], 487, "another-password-entirely")));
        Assert.Equal(role, peer.Agent.Role);

        Assert.True(peer.Receive(Refuse(checks[0], 487)));
        Assert.Equal(1 - role, peer.Agent.Role);
        var repeated = peer.TakeCheck();
        Assert.Equal((Home, 1 - role), (repeated.To, repeated.Role));
        Assert.NotEqual(checks[0].TransactionId, repeated.TransactionId);

        // The other check claimed the old role too: its refusal must not switch back.
        Assert.False(peer.Receive(Refuse(checks[1], 487), Other));
        peer.Agent.Tick(peer.Now);
        Assert.Equal((Other, 1 - role), peer.TakeSent().Select(c => (c.To, c.Role!.Value)).Single());
        Assert.Equal(1 - role, peer.Agent.Role);
    }

    [Fact]
    public void A_peer_that_always_claims_a_conflict_does_not_keep_us_busy()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        peer.Agent.Tick(0);
        var refused = 0;
        for (var sent = peer.TakeSent(); sent.Length > 0 && refused < 100; sent = peer.TakeSent(), refused++)
            peer.Receive(Refuse(Assert.Single(sent), 487));

        Assert.Equal(9, refused);
    }

    [Fact]
    public void A_lite_peer_makes_us_controlling()
    {
        var peer = new ScriptedPeer(IceRole.Controlled, describe: false);
        peer.Agent.SetRemoteCredentials(Ufrag, Password, iceLite: true);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        peer.Agent.Tick(0);

        peer.AnswerAll();

        Assert.Equal((IceRole.Controlling, IceState.Connected), (peer.Agent.Role, peer.Agent.State));
    }

    [Fact]
    public void Consent_is_asked_every_four_to_six_seconds_each_time_anew()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        peer.Agent.Tick(0);
        peer.AnswerAll();
        var last = 0L;
        var ids = new HashSet<string>();
        var intervals = new List<long>();
        for (var i = 0; i < 100; i++)
        {
            var sent = peer.TakeSent();
            for (var step = 0; sent.Length == 0 && step < 500; step++)
            {
                peer.Advance(20);
                sent = peer.TakeSent();
            }

            ids.Add(Convert.ToHexString(Assert.Single(sent).TransactionId));
            intervals.Add((peer.Now - last) / TimeSpan.TicksPerMillisecond);
            last = peer.Now;
            Assert.True(peer.Receive(Answer(sent[0])));
        }

        Assert.Equal(100, ids.Count);
        Assert.All(intervals, interval => Assert.InRange(interval, 4_000, 6_000));
        Assert.InRange(intervals.Distinct().Count(), 10, 22);
        Assert.Equal([IceState.Checking, IceState.Connected], peer.States);
    }

    [Fact]
    public void Consent_is_asked_on_a_beat_whenever_the_last_check_was()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        peer.Agent.Tick(0);
        peer.AnswerAll();
        for (var i = 0; i < 100; i++)
        {
            var due = peer.Agent.NextDeadline;
            Assert.Equal(Beat.UpTo(due), due);
            var late = (due - peer.Now) / TimeSpan.TicksPerMillisecond + i % 13;
            peer.Advance((int)late);
            Assert.True(peer.Receive(Answer(Assert.Single(peer.TakeSent()))));
            Assert.InRange(peer.Agent.NextDeadline - peer.Now, 4 * TimeSpan.TicksPerSecond, 6 * TimeSpan.TicksPerSecond);
        }
    }

    [Theory]
    [InlineData("abc", Password)]
    [InlineData(Ufrag, "short-password")]
    [InlineData("with:colon", Password)]
    [InlineData("with space", Password)]
    [InlineData(Ufrag, "with-a-line-break\r\nwithin")]
    public void Impossible_credentials_are_refused_without_telling_them(string ufrag, string password)
    {
        var peer = new ScriptedPeer(IceRole.Controlling, describe: false);

        var error = Assert.Throws<ArgumentException>(() => peer.Agent.SetRemoteCredentials(ufrag, password, false));

        Assert.DoesNotContain(password, error.Message, StringComparison.Ordinal);
        Assert.Equal(IceState.New, peer.Agent.State);
    }

    [Fact]
    public void The_same_credentials_may_be_set_again_and_others_may_not()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.SetRemoteCredentials(Ufrag, Password, iceLite: false);

        Assert.Throws<InvalidOperationException>(() =>
            peer.Agent.SetRemoteCredentials("another", Password, iceLite: false));
        Assert.Equal([IceState.Checking], peer.States);
    }

    [Fact]
    public void A_candidate_of_a_family_that_we_have_no_address_of_is_refused()
    {
        var peer = new ScriptedPeer(IceRole.Controlling);

        Assert.Equal(IceCandidateResult.Refused,
            peer.Agent.AddRemoteCandidate("candidate:1 1 udp 1 2001:db8::1 4000 typ host"));
        Assert.Equal(IceCandidateResult.Malformed, peer.Agent.AddRemoteCandidate("candidate:nonsense"));
        Assert.Equal(IceCandidateResult.Accepted, peer.Agent.AddRemoteCandidate(""));
    }

    [Fact]
    public void A_valid_pair_takes_the_place_of_the_selected_one_when_that_is_dead()
    {
        var other = VirtualNetwork.Address("192.0.2.60:6000");
        var peer = new ScriptedPeer(IceRole.Controlling);
        peer.Agent.AddRemoteCandidate(Candidate(Home));
        peer.Agent.AddRemoteCandidate(Candidate(other, priority: 1));
        peer.Advance(0);
        peer.AnswerAll();
        Assert.Equal(Home, peer.Agent.Selected);

        // Home is silent from now on; the other address answers what it is asked.
        for (var passed = 0; passed < 20_000; passed += 100)
        {
            peer.Advance(100);
            foreach (var check in peer.TakeSent().Where(m => m.To == other)) peer.Receive(Answer(check), other);
        }

        Assert.Equal(other, peer.Agent.Selected);
        Assert.Equal([Home, other], peer.SelectedRemotes);
        Assert.Equal(
            [IceState.Checking, IceState.Connected, IceState.Disconnected, IceState.Connected], peer.States);
        peer.Advance(29_000);
        Assert.NotEqual(IceState.Failed, peer.Agent.State);
    }
}
