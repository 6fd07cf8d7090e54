using GoTo.WebRtc.Stun;
using GoTo.WebRtc.Tests.Ice;
using GoTo.WebRtc.Turn;
using Xunit;

namespace GoTo.WebRtc.Tests.Turn;

/// <summary>The TURN client against a scripted server in virtual time (RFC 8656).</summary>
public sealed class TurnClientTests
{
    private const string Peer = "192.0.2.20:2000";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_allocation_is_asked_for_twice_the_second_time_with_credentials(bool isStream)
    {
        var server = new ScriptedTurnServer(isStream);
        server.Client.Start(0);
        server.Serve();

        Assert.Equal(["", ScriptedTurnServer.Username], server.Requests.Select(r => r.Username));
        Assert.All(server.Requests, r => Assert.Equal(StunProtocol.AllocateMethod, r.Method));
        Assert.Equal((TurnState.Allocated, 1), (server.Client.State, server.Allocations));
        Assert.Equal(
            (ScriptedTurnServer.Relayed, ScriptedTurnServer.Mapped), (server.Client.Relayed, server.Client.Mapped));
    }

    [Fact]
    public void Wrong_credentials_fail_at_once_and_say_so_without_the_secret()
    {
        var server = new ScriptedTurnServer(password: "wrong-secret");
        server.Client.Start(0);
        server.Serve();

        Assert.Equal(TurnState.Failed, server.Client.State);
        Assert.Contains("credential", server.Failure, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", server.Failure, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(long.MaxValue, server.Client.NextDeadline);
    }

    [Fact]
    public void The_allocation_is_refreshed_a_minute_before_its_end_for_hours()
    {
        var server = ScriptedTurnServer.Allocated();

        server.Advance(539);
        Assert.Empty(server.Requests);
        server.Advance(2);
        Assert.Equal(StunProtocol.RefreshMethod, Assert.Single(server.Requests).Method);
        server.Advance(4 * 3600);

        Assert.InRange(server.Requests.Count, 25, 28);
        Assert.Equal(TurnState.Allocated, server.Client.State);
    }

    [Fact]
    public void A_stale_nonce_is_replaced_by_the_new_one()
    {
        var server = ScriptedTurnServer.Allocated();
        server.Nonce = "nonce-2";

        server.Advance(545);

        Assert.Equal(["nonce-1", "nonce-2"], server.Requests.Select(r => r.Nonce));
        Assert.Equal(TurnState.Allocated, server.Client.State);
    }

    [Fact]
    public void A_server_that_refuses_each_nonce_is_given_up()
    {
        var server = ScriptedTurnServer.Allocated();
        server.Answers[StunProtocol.RefreshMethod] = StunError.StaleNonce;

        server.Advance(545);

        Assert.Equal(TurnState.Failed, server.Client.State);
        Assert.InRange(server.Requests.Count, 2, 6);
    }

    [Theory]
    [InlineData(StunError.AllocationMismatch)]
    [InlineData(486)]
    [InlineData(508)]
    public void A_refused_allocation_fails_with_the_code(int code)
    {
        var server = new ScriptedTurnServer { Answers = { [StunProtocol.AllocateMethod] = code } };
        server.Client.Start(0);
        server.Serve();

        Assert.Equal(TurnState.Failed, server.Client.State);
        Assert.Contains($"{code}", server.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Over_UDP_a_request_is_repeated_seven_times_and_then_given_up()
    {
        var server = new ScriptedTurnServer { Answers = { [StunProtocol.AllocateMethod] = 0 } };
        server.Client.Start(0);

        server.Advance(60);

        Assert.Equal(7, server.Requests.Count);
        Assert.Single(server.Requests.Select(r => Convert.ToHexString(r.TransactionId)).Distinct());
        Assert.Contains("answer", server.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Over_a_stream_nothing_is_repeated()
    {
        var server = new ScriptedTurnServer(isStream: true) { Answers = { [StunProtocol.AllocateMethod] = 0 } };
        server.Client.Start(0);

        server.Advance(60);

        Assert.Single(server.Requests);
        Assert.Equal(TurnState.Failed, server.Client.State);
    }

    [Fact]
    public void A_lost_answer_costs_one_repetition()
    {
        var server = new ScriptedTurnServer();
        server.Client.Start(0);
        Assert.Single(server.TakeSent());

        server.Advance(0.6);

        Assert.Equal(TurnState.Allocated, server.Client.State);
    }

    [Fact]
    public void An_alternate_server_is_followed_with_fresh_credentials_but_not_for_ever()
    {
        var server = new ScriptedTurnServer { Answers = { [StunProtocol.AllocateMethod] = StunError.TryAlternate } };
        server.Client.Start(0);
        server.Serve();
        Assert.Equal([server.Alternate], server.Redirects);
        Assert.Equal(TurnState.New, server.Client.State);

        for (var i = 0; i < 3; i++)
        {
            server.Client.Start(0);
            server.Serve();
        }

        Assert.Equal(3, server.Redirects.Count);
        Assert.Equal(TurnState.Failed, server.Client.State);
    }

    [Fact]
    public void An_alternate_server_that_grants_is_used()
    {
        var server = new ScriptedTurnServer { Answers = { [StunProtocol.AllocateMethod] = StunError.TryAlternate } };
        server.Client.Start(0);
        server.Serve();
        server.Answers.Clear();
        server.Requests.Clear();

        server.Client.Start(0);
        server.Serve();

        Assert.Equal(["", ScriptedTurnServer.Username], server.Requests.Select(r => r.Username));
        Assert.Equal(TurnState.Allocated, server.Client.State);
    }

    [Fact]
    public void Data_waits_for_the_permission_and_goes_by_indication_then_by_channel()
    {
        var server = ScriptedTurnServer.Allocated();
        var to = VirtualNetwork.Address(Peer);

        server.SendToPeer("one", Peer);
        server.SendToPeer("two", "192.0.2.20:3000"); // the same address: no second permission
        server.Client.Bind(to, server.Now);
        server.Serve();
        server.SendToPeer("three", Peer);

        Assert.Equal(
            [StunProtocol.CreatePermissionMethod, StunProtocol.ChannelBindMethod], server.Requests.Select(r => r.Method));
        Assert.Equal((to, 0x4000u), (server.Requests[1].Peer, server.Requests[1].Channel));
        Assert.Equal(
            [(0, to, "one"), (0, VirtualNetwork.Address("192.0.2.20:3000"), "two"), (0x4000, default, "three")],
            server.ToPeers);
    }

    [Fact]
    public void Permissions_and_channels_are_refreshed_in_time()
    {
        var server = ScriptedTurnServer.Allocated();
        server.SendToPeer("data", Peer);
        server.Client.Bind(VirtualNetwork.Address(Peer), server.Now);
        server.Serve();
        server.Requests.Clear();

        server.Advance(3600);

        // Five and ten minutes are their lives (RFC 8656 sections 9 and 12).
        Assert.Equal(15, server.Requests.Count(r => r.Method == StunProtocol.CreatePermissionMethod));
        Assert.Equal(6, server.Requests.Count(r => r.Method == StunProtocol.ChannelBindMethod));
    }

    [Fact]
    public void A_peer_that_the_server_forbids_gets_nothing_and_the_others_do()
    {
        var server = ScriptedTurnServer.Allocated();
        server.Answers[StunProtocol.CreatePermissionMethod] = StunError.Forbidden;
        server.SendToPeer("lost", Peer);
        server.SendToPeer("lost", Peer);
        server.Answers.Clear();
        server.SendToPeer("data", "192.0.2.30:1");

        Assert.Equal("data", Assert.Single(server.ToPeers).Data);
        Assert.Equal(TurnState.Allocated, server.Client.State);
    }

    [Fact]
    public void Data_of_peers_arrives_by_indication_and_by_channel_and_from_no_others()
    {
        var server = ScriptedTurnServer.Allocated();
        server.SendToPeer("data", Peer);
        server.Client.Bind(VirtualNetwork.Address(Peer), server.Now);
        server.Serve();

        server.Indicate("one", "192.0.2.20:2001");
        server.Indicate("forged", "192.0.2.66:2001");
        server.Client.Handle([0x40, 0x00, 0, 3, .. "two"u8, 0], server.Now);
        server.Client.Handle([0x40, 0x01, 0, 3, .. "bad"u8, 0], server.Now);
        server.Client.Handle([0x40, 0x00, 0, 9, .. "cut"u8, 0], server.Now);

        Assert.Equal(
            [(VirtualNetwork.Address("192.0.2.20:2001"), "one"), (VirtualNetwork.Address(Peer), "two")],
            server.FromPeers);
    }

    [Theory]
    [InlineData(true, 12)]
    [InlineData(false, 11)]
    public void Channel_data_is_padded_on_a_stream_only(bool isStream, int length)
    {
        var server = ScriptedTurnServer.Allocated(isStream);
        server.SendToPeer("first", Peer);
        server.Client.Bind(VirtualNetwork.Address(Peer), server.Now);
        server.Serve();

        server.Client.Send("seven b"u8, VirtualNetwork.Address(Peer), server.Now);

        Assert.Equal(length, Assert.Single(server.TakeSent()).Length);
    }

    [Fact]
    public void Forged_answers_change_nothing()
    {
        var server = ScriptedTurnServer.Allocated();
        server.Advance(541, serve: false);
        var refresh = server.TakeSent()[^1];
        var buffer = new byte[200];
        var id = refresh.AsSpan(StunProtocol.TransactionIdOffset, StunProtocol.TransactionIdLength);
        var forged = new StunWriter(buffer, StunClass.Success, StunProtocol.RefreshMethod, id);
        forged.Write(StunAttribute.Lifetime, 3600u);

        server.Client.Handle(buffer.AsSpan(0, forged.Finish(new StunKey("another key"u8))), server.Now);
        server.Advance(2, serve: false);

        Assert.NotEmpty(server.TakeSent()); // still asked
    }

    [Fact]
    public void What_waits_for_permissions_is_bounded_and_so_are_the_peers()
    {
        var server = ScriptedTurnServer.Allocated();
        for (var i = 0; i < 1000; i++)
            server.Client.Send("data"u8, VirtualNetwork.Address($"10.0.{i / 250}.{i % 250 + 1}:1"), server.Now);
        server.Serve();

        Assert.Equal(100, server.Requests.Count);
        Assert.Equal(16, server.ToPeers.Count);
    }

    [Fact]
    public void Closing_gives_the_allocation_back()
    {
        var server = ScriptedTurnServer.Allocated();
        server.Client.Close();
        server.Client.Close();
        server.Serve();

        Assert.Equal((StunProtocol.RefreshMethod, 0u), (Assert.Single(server.Requests).Method, server.Requests[0].Lifetime));
        Assert.Equal(long.MaxValue, server.Client.NextDeadline);
        Assert.Null(server.Failure);
    }

    [Fact]
    public void No_text_of_the_credentials_tells_the_secret()
    {
        Assert.DoesNotContain("hush", $"{new TurnCredentials("me", "hush")}", StringComparison.Ordinal);
        Assert.Equal("turn:example.org", $"{new IceServer { Url = "turn:example.org", Username = "me", Credential = "hush" }}");
    }
}
