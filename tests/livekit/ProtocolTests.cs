using Google.Protobuf;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>Bytes worked out by hand from the field numbers of livekit_rtc.proto and livekit_models.proto.</summary>
public sealed class ProtocolTests
{
    [Fact]
    public void Requests_have_livekits_field_numbers()
    {
        Encodes("0A0E0A056F666665721203763D301801", new SignalRequest
        {
            Offer = new SessionDescription { Type = "offer", Sdp = "v=0", Id = 1 },
        });
        Encodes("1A060A027B7D1801", new SignalRequest
        {
            Trickle = new TrickleRequest { CandidateInit = "{}", Target = SignalTarget.Publisher, Final = true },
        });
        Encodes("220D" + "0A0163" + "12016E" + "4002" + "6801" + "7A0173", new SignalRequest
        {
            AddTrack = new AddTrackRequest
            {
                Cid = "c",
                Name = "n",
                Type = TrackType.Audio,
                Source = TrackSource.Microphone,
                DisableRed = true,
                Stream = "s",
            },
        });
        Encodes("42041001" + "1802", new SignalRequest
        {
            Leave = new LeaveRequest
            {
                Reason = DisconnectReason.ClientInitiated,
                Action = LeaveRequest.Types.Action.Reconnect,
            },
        });
        Encodes("8201040805" + "1002", new SignalRequest { PingReq = new Ping { Timestamp = 5, Rtt = 2 } });
        Encodes("7A08" + "1A06" + "0A0161" + "120162", new SignalRequest
        {
            UpdateMetadata = new UpdateParticipantMetadata { Attributes = { ["a"] = "b" } },
        });
    }

    [Fact]
    public void Responses_have_livekits_field_numbers()
    {
        var answer = Decode("12" + "14" + "0A06616E7377657218032208" + "0A0131" + "120354525F");
        Assert.Equal("answer", answer.Answer.Type);
        Assert.Equal(3u, answer.Answer.Id);
        Assert.Equal("TR_", answer.Answer.MidToTrackId["1"]);

        Assert.Equal(2u, Decode("CA0102" + "0802").MediaSectionsRequirement.NumAudios);
        Assert.Equal("TR_", Decode("BA0105" + "0A0354525F").TrackSubscribed.TrackSid);
        Assert.Equal("jwt", Decode("8201" + "03" + "6A7774").RefreshToken);

        var leave = Decode("42041002" + "1801").Leave;
        Assert.Equal(DisconnectReason.DuplicateIdentity, leave.Reason);
        Assert.Equal(LeaveRequest.Types.Action.Resume, leave.Action);

        var participant = Decode(
            "2A15" + "0A13" + "0A0350415F" + "1802" + "5007" + "7003" + "7A06" + "0A0161" + "120162")
            .Update.Participants.Single();
        Assert.Equal("PA_", participant.Sid);
        Assert.Equal(ParticipantInfo.Types.State.Active, participant.State);
        Assert.Equal(7u, participant.Version);
        Assert.Equal(ParticipantInfo.Types.Kind.Sip, participant.Kind);
        Assert.Equal("b", participant.Attributes["a"]);
    }

    [Fact]
    public void A_message_of_a_kind_not_known_is_empty_and_not_an_error()
    {
        // Field 29, data_track_subscriber_handles.
        var unknown = Decode("EA0102" + "0801");
        Assert.Equal(SignalResponse.MessageOneofCase.None, unknown.MessageCase);
        Assert.Equal("EA01020801", Convert.ToHexString(unknown.ToByteArray()));
    }

    [Fact]
    public void The_join_request_travels_in_the_address_without_the_token()
    {
        var join = new JoinRequest
        {
            ClientInfo = new ClientInfo { Protocol = 17 },
            PublisherOffer = new SessionDescription { Type = "offer", Sdp = "v=0\r\n", Id = 1 },
        };

        var address = SignalConnector.AddressOf(new Uri("https://rooms.example/prefix"), join);

        Assert.Equal("wss://rooms.example/prefix/rtc/v1", address.GetLeftPart(UriPartial.Path));
        var parameter = Uri.UnescapeDataString(address.Query["?join_request=".Length..]);
        Assert.Equal(0, parameter.Length % 4);
        var wrapped = WrappedJoinRequest.Parser.ParseFrom(
            Convert.FromBase64String(parameter.Replace('-', '+').Replace('_', '/')));
        Assert.Equal(WrappedJoinRequest.Types.Compression.None, wrapped.Compression);
        Assert.Equal(join, JoinRequest.Parser.ParseFrom(wrapped.JoinRequest));
    }

    [Fact]
    public void Worker_messages_have_livekits_field_numbers()
    {
        Assert.Equal(
            "0A06" + "42046563686F",
            Hex(new WorkerMessage { Register = new RegisterWorkerRequest { AgentName = "echo" } }));
        Assert.Equal(
            "1209" + "0A026A31" + "1001" + "2A0161",
            Hex(new WorkerMessage
            {
                Availability = new AvailabilityResponse { JobId = "j1", Available = true, ParticipantIdentity = "a" },
            }));
        Assert.Equal(
            "1A09" + "0A04" + "0A026A31" + "1A0174",
            Hex(new ServerMessage { Assignment = new JobAssignment { Job = new Job { Id = "j1" }, Token = "t" } }));
        Assert.Equal("2A04" + "0A026A31", Hex(new ServerMessage { Termination = new JobTermination { JobId = "j1" } }));
    }

    [Theory]
    [InlineData("candidate:1 1 udp 2130706431 127.0.0.1 5000 typ host")]
    [InlineData("")]
    public void A_trickled_candidate_is_read_as_it_was_written(string candidate) =>
        Assert.Equal(candidate, TrickleCandidate.Read(TrickleCandidate.Write(candidate)));

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{\"candidate\":3}")]
    [InlineData("{}")]
    [InlineData("null")]
    public void A_trickled_candidate_that_is_none_is_ignored(string json) => Assert.Null(TrickleCandidate.Read(json));

    [Fact]
    public void A_track_is_found_by_the_servers_map_then_by_the_msid_and_only_on_lines_that_receive()
    {
        var map = new Dictionary<string, string> { ["1"] = "TR_map" };
        Assert.Equal("TR_map", SubscriptionMap.TrackSidOf(TransceiverDirection.RecvOnly, "1", "TR_msid", map));
        Assert.Equal("TR_msid", SubscriptionMap.TrackSidOf(TransceiverDirection.RecvOnly, "2", "TR_msid", map));
        Assert.Null(SubscriptionMap.TrackSidOf(TransceiverDirection.RecvOnly, "2", "random", map));
        Assert.Null(SubscriptionMap.TrackSidOf(TransceiverDirection.Inactive, "1", "TR_msid", map));
        Assert.Null(SubscriptionMap.TrackSidOf(TransceiverDirection.SendOnly, "1", null, map));
        Assert.Equal("PA_x", SubscriptionMap.PublisherSidOf("PA_x|TR_y"));
        Assert.Equal("PA_x", SubscriptionMap.PublisherSidOf("PA_x|camera"));
        Assert.Null(SubscriptionMap.PublisherSidOf("random"));
    }

    private static SignalResponse Decode(string hex) => SignalResponse.Parser.ParseFrom(Convert.FromHexString(hex));

    private static string Hex(IMessage message) => Convert.ToHexString(message.ToByteArray());

    private static void Encodes(string hex, SignalRequest message) => Assert.Equal(hex, Hex(message));
}
