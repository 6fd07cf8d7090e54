using System.Text;

namespace GoTo.Api.Tests;

/// <summary>Every event of specification section 6.5 as its sample has it, and what is made of bad input.</summary>
public sealed class EventDecoderTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 16, 10, 30, 0, 123, TimeSpan.Zero);

    public static TheoryData<string, GoToEvent> Samples => new()
    {
        {
            Event("call.ringing", """
                "direction":"inbound","from":"+15551234567","to":"tel:+15559876543","lineId":"line_abc123",
                "sdpOffer":"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"
                """),
            new CallRinging
            {
                Type = "call.ringing", Key = "", Timestamp = At, CallId = "call_xyz789", LineId = "line_abc123",
                Direction = CallDirection.Inbound, From = "+15551234567", To = "+15559876543",
                SdpOffer = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n",
            }
        },
        {
            Event("call.connected", """
                "direction":"outbound","from":"+15551234567","to":"+15559876543","lineId":"line_abc123",
                "answeredAt":"2026-01-16T10:30:00.123Z"
                """),
            new CallConnected
            {
                Type = "call.connected", Key = "", Timestamp = At, CallId = "call_xyz789", LineId = "line_abc123",
                Direction = CallDirection.Outbound, From = "+15551234567", To = "+15559876543", AnsweredAt = At,
            }
        },
        {
            Event("call.ended", """
                "direction":"inbound","from":"","to":"+15559876543","lineId":"line_abc123",
                "durationSeconds":325,"endReason":"caller_hangup","endedAt":"2026-01-16T10:30:00.123Z"
                """),
            new CallEnded
            {
                Type = "call.ended", Key = "", Timestamp = At, CallId = "call_xyz789", LineId = "line_abc123",
                Direction = CallDirection.Inbound, From = "", To = "+15559876543",
                Reason = CallEndReason.RemoteHangup, RawReason = "caller_hangup",
                Duration = TimeSpan.FromSeconds(325), EndedAt = At,
            }
        },
        {
            Event("call.ended", "\"endReason\":\"eaten_by_a_bear\""),
            new CallEnded
            {
                Type = "call.ended", Key = "", Timestamp = At, CallId = "call_xyz789",
                Reason = CallEndReason.Unknown, RawReason = "eaten_by_a_bear",
            }
        },
        {
            Event("call.held", "\"holdStartedAt\":\"2026-01-16T10:30:00.123Z\""),
            new CallHeld
            {
                Type = "call.held", Key = "", Timestamp = At, CallId = "call_xyz789", HoldStartedAt = At,
            }
        },
        {
            Event("call.resumed", "\"holdDurationSeconds\":60"),
            new CallResumed
            {
                Type = "call.resumed", Key = "", Timestamp = At, CallId = "call_xyz789",
                HoldDuration = TimeSpan.FromMinutes(1),
            }
        },
        {
            Event("call.transferred", """
                "transferType":"blind","transferTarget":"ext:1001","transferredAt":"2026-01-16T12:30:00.123+02:00"
                """),
            new CallTransferred
            {
                Type = "call.transferred", Key = "", Timestamp = At, CallId = "call_xyz789",
                TransferType = "blind", TransferTarget = "ext:1001", TransferredAt = At,
            }
        },
        {
            Event("call.ice_candidate", """
                "candidate":{"candidate":"candidate:1 1 UDP 1 192.0.2.1 54321 typ host","sdpMid":"audio",
                "sdpMLineIndex":0}
                """),
            new CallIceCandidate
            {
                Type = "call.ice_candidate", Key = "", Timestamp = At, CallId = "call_xyz789",
                Candidate = "candidate:1 1 UDP 1 192.0.2.1 54321 typ host", SdpMid = "audio", SdpMLineIndex = 0,
            }
        },
        {
            Event("call.ice_candidate", "\"candidate\":null"),
            new CallIceCandidate
            {
                Type = "call.ice_candidate", Key = "", Timestamp = At, CallId = "call_xyz789", Candidate = "",
            }
        },
        {
            Event("call.dtmf", "\"digit\":\"5\",\"durationMs\":120"),
            new CallDtmf
            {
                Type = "call.dtmf", Key = "", Timestamp = At, CallId = "call_xyz789", Digit = '5',
                Duration = TimeSpan.FromMilliseconds(120),
            }
        },
        {
            Event("call.recording", "\"status\":\"started\",\"recordingId\":\"rec_1\""),
            new CallRecording
            {
                Type = "call.recording", Key = "", Timestamp = At, CallId = "call_xyz789",
                Status = "started", RecordingId = "rec_1",
            }
        },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Each_event_of_the_specification_is_decoded_whole(string message, GoToEvent expected)
    {
        var decoded = Decode(message);

        Assert.Equal(expected, decoded with { Key = "", ContentKey = null });
        Assert.Equal(32, decoded.Key.Length);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_type_may_be_named_event_and_the_fields_may_stand_beside_it(string message, GoToEvent expected)
    {
        var flat = message.Replace("\"type\":", "\"event\":", StringComparison.Ordinal)
            .Replace("\"data\":{", "\"extra\":{\"new\":[1]},", StringComparison.Ordinal)[..^1];

        Assert.Equal(expected, Decode(flat) with { Key = "", ContentKey = null });
    }

    [Theory]
    [InlineData("""{"data":{"callId":"c1"}}""", "type", "c1")]
    [InlineData("""{"type":"call.ringing","data":{"from":"+1"}}""", "callId", null)]
    [InlineData("""{"type":"call.ended","data":{"callId":""}}""", "callId", null)]
    [InlineData("""{"type":"call.ended","data":{"callId":{"a":1}}}""", "callId", null)]
    [InlineData("""{"type":"call.held"}""", "callId", null)]
    [InlineData("""{"type":"call.held","data":"text"}""", "data", null)]
    [InlineData("""{"type":"call.dtmf","data":{"callId":"c1"}}""", "digit", "c1")]
    [InlineData("""{"type":"call.dtmf","data":{"callId":"c1","digit":"12"}}""", "digit", "c1")]
    [InlineData("""{"type":"call.dtmf","data":{"callId":"c1","digit":"x"}}""", "digit", "c1")]
    [InlineData("""{"type":"call.ice_candidate","data":{"callId":"c1"}}""", "candidate", "c1")]
    [InlineData("""{"type":"call.ice_candidate","data":{"callId":"c1","candidate":7}}""", "candidate", "c1")]
    public void A_missing_field_is_named(string message, string field, string? callId)
    {
        var invalid = Assert.IsType<InvalidEvent>(Decode(message));

        Assert.Equal((field, callId), (invalid.Field, invalid.CallId));
        Assert.Contains($"'{field}'", invalid.Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ping")]
    [InlineData("[1,2]")]
    [InlineData("\"call.ended\"")]
    [InlineData("""{"type":"call.ended","data":{"callId":"c""")]
    [InlineData("<html><body>502 Bad Gateway</body></html>")]
    [InlineData("""{"type":"call.ended","data":{"callId":"\ud800"}}""")]
    public void What_is_no_event_at_all_is_invalid_without_a_field(string message)
    {
        var invalid = Assert.IsType<InvalidEvent>(Decode(message));

        Assert.Null(invalid.Field);
        Assert.NotEmpty(invalid.Problem);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_invalid()
    {
        Assert.IsType<InvalidEvent>(EventDecoder.Decode(new byte[] { 0xff, 0xfe, 0x00, 0x80 }));
        Assert.IsType<InvalidEvent>(EventDecoder.Decode(
            Encoding.Latin1.GetBytes("{\"type\":\"call.held\",\"data\":{\"callId\":\"\u00ff\u00fe\"}}")));
    }

    [Fact]
    public void Nesting_deeper_than_any_event_is_invalid()
    {
        var deep = new string('[', 10_000);

        Assert.IsType<InvalidEvent>(Decode($"{{\"type\":\"call.held\",\"data\":{deep}"));
    }

    [Fact]
    public void An_unknown_type_passes_through_as_it_came()
    {
        const string message = """{"eventId":"e-7","type":"call.levitated","data":{"callId":"c1","height":3}}""";

        Assert.Equal(
            new UnknownEvent { Type = "call.levitated", Key = "e-7", CallId = "c1", Raw = message },
            Decode(message));
    }

    [Fact]
    public void An_SDP_of_64_KB_is_kept_whole()
    {
        var sdp = "v=0\r\n" + string.Concat(Enumerable.Repeat("a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n", 1500));
        var message = Event("call.ringing", $"\"sdpOffer\":{System.Text.Json.JsonSerializer.Serialize(sdp)}");

        Assert.Equal(sdp, Assert.IsType<CallRinging>(Decode(message)).SdpOffer);
    }

    [Fact]
    public void The_key_is_the_events_id_where_there_is_one()
    {
        Assert.Equal("e-1", Decode("""{"id":"e-1","type":"call.held","data":{"callId":"c"}}""").Key);
        Assert.Equal("e-2", Decode("""{"eventId":"e-2","id":"x","type":"call.held","data":{"callId":"c"}}""").Key);
    }

    [Fact]
    public void Without_an_id_the_key_is_what_the_event_says()
    {
        var five = Decode(Event("call.dtmf", "\"digit\":\"5\",\"durationMs\":120")).Key;
        var fiveAgain = Decode(Event("call.dtmf", "\"durationMs\":120,\"digit\":\"5\",\"more\":1")).Key;
        var six = Decode(Event("call.dtmf", "\"digit\":\"6\",\"durationMs\":120")).Key;
        var plain = Event("call.dtmf", "\"digit\":\"5\"");
        var later = Decode(plain.Replace(".123Z", ".124Z", StringComparison.Ordinal)).Key;
        var other = Decode(plain.Replace("xyz", "abc", StringComparison.Ordinal)).Key;

        Assert.Equal(five, fiveAgain);
        Assert.Equal(4, new[] { five, six, later, other }.Distinct().Count());
    }

    [Theory]
    [InlineData("\"2026-01-16T10:30:00.123\"")]
    [InlineData("\"2026-01-16T05:30:00.123-05:00\"")]
    public void A_timestamp_without_an_offset_is_UTC(string timestamp)
    {
        var message = $$$"""{"type":"call.held","timestamp":{{{timestamp}}},"data":{"callId":"c"}}""";

        Assert.Equal(At, Decode(message).Timestamp);
    }

    [Theory]
    [InlineData("\"yesterday\"")]
    [InlineData("17")]
    [InlineData("null")]
    public void An_illegible_timestamp_is_none(string timestamp)
    {
        var message = $$$"""{"type":"call.held","timestamp":{{{timestamp}}},"data":{"callId":"c"}}""";

        Assert.Null(Assert.IsType<CallHeld>(Decode(message)).Timestamp);
    }

    [Fact]
    public void Cutting_or_changing_any_byte_of_an_event_never_throws()
    {
        var whole = Encoding.UTF8.GetBytes(Event("call.dtmf", "\"digit\":\"5\",\"durationMs\":120"));
        for (var length = 0; length < whole.Length; length++)
            Assert.NotNull(EventDecoder.Decode(whole.AsMemory(0, length)));
        var random = new Random(7);
        for (var round = 0; round < 5000; round++)
        {
            var changed = whole.ToArray();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Assert.NotNull(EventDecoder.Decode(changed));
        }
    }

    private static GoToEvent Decode(string message) => EventDecoder.Decode(Encoding.UTF8.GetBytes(message));

    private static string Event(string type, string fields) => $$$"""
        {"type":"{{{type}}}","timestamp":"2026-01-16T10:30:00.123Z","data":{"callId":"call_xyz789",{{{fields}}}}}
        """;
}
