using Xunit;

namespace GoTo.WebRtc.Rtp;

/// <summary>DTMF by RFC 4733: what is sent for digits, and digits found in what is received.</summary>
public sealed class DtmfTests
{
    private const int ClockRate = 8000;

    /// <summary>
    /// The digits 911, at 0, 880 and 1,400 ms, for 200, 250 and 220 ms, a packet every 50 ms, the last three times. The
    /// RFC's own example was not at hand: these are our times, in its format.
    /// </summary>
    private static readonly (uint Timestamp, byte Code, int Duration)[] Example =
        [(0, 9, 1600), (7040, 1, 2000), (11200, 1, 1760)];

    [Fact]
    public void A_payload_is_read_and_written_bit_by_bit()
    {
        byte[] payload = [11, 0x8A, 0x12, 0x34];

        Assert.True(TelephoneEvent.TryParse(payload, out var parsed));

        Assert.Equal(new TelephoneEvent(11, End: true, Volume: 10, Duration: 0x1234), parsed);
        Assert.Equal('#', parsed.Digit);
        var written = new byte[TelephoneEvent.Length];
        parsed.Write(written);
        Assert.Equal(payload, written);
        Assert.False(TelephoneEvent.TryParse(payload.AsSpan(0, 3), out _));
    }

    [Fact]
    public void A_duration_can_be_counted_in_another_clock()
    {
        var received = new TelephoneEvent(5, End: true, Volume: 10, Duration: 800);

        Assert.Equal(received with { Duration = 4800 }, received.Rescale(8000, 48000));
        Assert.Equal(received with { Duration = 65535 }, (received with { Duration = 20000 }).Rescale(8000, 48000));
    }

    [Fact]
    public void The_codes_are_those_of_the_standard()
    {
        Assert.Equal(Enumerable.Range(0, 16), "0123456789*#ABCD".Select(TelephoneEvent.CodeOf));
        Assert.Equal([12, 15, -1, -1], "ad E".Select(TelephoneEvent.CodeOf));
        Assert.Null(new TelephoneEvent(16, false, 0, 0).Digit);
    }

    [Fact]
    public void The_example_is_three_digits() => Assert.Equal("911", Detect(ExamplePackets()));

    [Fact]
    public void Each_digit_is_found_once_whichever_packets_are_lost_repeated_or_late()
    {
        var packets = ExamplePackets();
        for (var seed = 0; seed < 1000; seed++)
        {
            var random = new Random(seed);
            // One packet of each digit is spared; those of one digit come in any order, some twice.
            var received = packets.GroupBy(p => p.Header.Timestamp).SelectMany(digit =>
            {
                var left = digit.ToArray();
                random.Shuffle(left);
                return left.Take(random.Next(1, left.Length + 1))
                    .SelectMany(p => Enumerable.Repeat(p, random.Next(4) == 0 ? 2 : 1));
            }).ToList();
            // A last one of the digit before may come after the first of the next.
            var late = random.Next(1, received.Count);
            received.Insert(late, received[random.Next(late)]);

            Assert.Equal("911", Detect(received));
        }
    }

    [Fact]
    public void A_digit_longer_than_its_duration_field_goes_on_in_segments()
    {
        var detector = new DtmfDetector();
        var found = new List<char>();
        const ushort segment = TelephoneEvent.MaxDuration;
        foreach (var (timestamp, marker, end) in new[]
        {
            (0u, true, false), (segment, false, false), (2u * segment, false, true), (3u * segment, true, true),
        })
        {
            if (Take(detector, new RtpHeader(101, 1, timestamp, 1, marker), new(5, end, 10, 800)) is { } digit)
                found.Add(digit);
        }

        Assert.Equal("55", string.Concat(found));
    }

    [Fact]
    public void Another_source_or_one_that_begins_anew_is_heard()
    {
        var detector = new DtmfDetector();
        var digits = new TelephoneEvent(7, End: false, Volume: 10, Duration: 400);

        Assert.Equal('7', Take(detector, new RtpHeader(101, 1, 1_000_000, 1), digits));
        Assert.Null(Take(detector, new RtpHeader(101, 2, 1_000_000 - (5 * ClockRate), 1), digits));
        Assert.Equal('7', Take(detector, new RtpHeader(101, 3, 1_000_000, 2), digits));
        Assert.Equal('7', Take(detector, new RtpHeader(101, 4, 1_000_000 - (20 * ClockRate), 2), digits));
        Assert.Null(Take(detector, new RtpHeader(101, 5, 2_000_000, 2), digits with { Event = 16 }));
    }

    [Fact]
    public void A_digit_is_sent_every_20_ms_and_its_end_three_times()
    {
        var packets = Send("1#", duration: 90, gap: 60);

        Assert.Equal(
            [0, 20, 40, 60, 80, 100, 120, 150, 170, 190, 210, 230, 250, 270], packets.Select(p => p.Ms));
        Assert.Equal(
            [160, 320, 480, 640, 720, 720, 720], packets.Take(7).Select(p => (int)p.Event.Duration));
        Assert.Equal(
            [false, false, false, false, true, true, true], packets.Skip(7).Select(p => p.Event.End));
        Assert.Equal([0, 7], Enumerable.Range(0, 14).Where(i => packets[i].IsFirst));
        Assert.Equal([1, 11], packets.Select(p => (int)p.Event.Event).Distinct());
    }

    [Theory]
    [InlineData(40)]
    [InlineData(100)]
    [InlineData(1000)]
    public void What_is_sent_is_what_is_found(int duration)
    {
        const string digits = "0123456789*#ABCD0011";
        var detector = new DtmfDetector();
        var rewriter = new RtpRewriter(1, 48000, 1, 5000);
        var found = "";
        var timestamp = 0u;
        foreach (var (ms, next, isFirst) in Send(digits, duration, 70, 48000))
        {
            var now = ms * TimeSpan.TicksPerMillisecond;
            if (isFirst)
                timestamp = rewriter.BeginEvent(now);
            found += Take(detector, rewriter.Insert(110, timestamp, isFirst), next);
        }

        Assert.Equal(digits, found);
    }

    private static List<(RtpHeader Header, TelephoneEvent Event)> ExamplePackets()
    {
        var packets = new List<(RtpHeader, TelephoneEvent)>();
        ushort sequence = 1;
        foreach (var (timestamp, code, duration) in Example)
        {
            for (var passed = 400; passed < duration + 400; passed += 400)
                packets.Add((Header(passed == 400), new(code, false, 7, (ushort)Math.Min(passed, duration))));
            for (var i = 0; i < 3; i++)
                packets.Add((Header(false), new(code, true, 7, (ushort)duration)));

            RtpHeader Header(bool marker) => new(97, sequence++, timestamp, 0x5AFE, marker);
        }

        return packets;
    }

    private static string Detect(IEnumerable<(RtpHeader Header, TelephoneEvent Event)> packets)
    {
        var detector = new DtmfDetector();
        return string.Concat(packets.Select(p => Take(detector, p.Header, p.Event)));
    }

    private static char? Take(DtmfDetector detector, RtpHeader header, TelephoneEvent telephoneEvent)
    {
        Span<byte> payload = stackalloc byte[TelephoneEvent.Length];
        telephoneEvent.Write(payload);
        return detector.TryDetect(header, payload, ClockRate, out var digit) ? digit : null;
    }

    private static List<(int Ms, TelephoneEvent Event, bool IsFirst)> Send(
        string digits, int duration, int gap, int clockRate = ClockRate)
    {
        var sequence = new DtmfSequence(
            digits, TimeSpan.FromMilliseconds(duration), TimeSpan.FromMilliseconds(gap), clockRate, now: 0);
        var packets = new List<(int, TelephoneEvent, bool)>();
        for (var ms = 0; sequence.Due != long.MaxValue; ms += 10)
        {
            while (sequence.TryTake(ms * TimeSpan.TicksPerMillisecond, out var next, out var isFirst))
                packets.Add((ms, next, isFirst));
        }

        return packets;
    }
}
