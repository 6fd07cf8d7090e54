using GoTo.WebRtc.Mixing;
using Xunit;

namespace GoTo.WebRtc.Tests.Mixing;

public sealed class JitterBufferTests
{
    private readonly JitterBuffer _buffer = new();

    [Fact]
    public void The_first_packet_waits_a_turn_and_those_that_overtook_each_other_are_put_in_order()
    {
        Push(65_535, 1, 0, 2);
        Assert.Equal("wait 65535 0 1 2 wait", Take(6));
    }

    [Fact]
    public void A_packet_that_came_before_its_elder_still_lets_that_one_in_before_anything_is_played()
    {
        Push(11, 10);
        Assert.Equal("wait 10 11", Take(3));
        Push(9, 12);
        Assert.Equal("12", Take(1));
        Assert.Equal(1, _buffer.Dropped);
    }

    [Fact]
    public void A_gap_is_a_lost_packet_and_shows_the_one_after_it()
    {
        Push(1, 3, 5);
        Assert.Equal("wait 1 lost(3) 3 lost(5) 5 wait", Take(7));
    }

    [Fact]
    public void Of_too_many_the_oldest_are_dropped()
    {
        Push([.. Enumerable.Range(0, 20).Select(i => (ushort)i)]);
        Assert.Equal("wait 15 16 17 18 19 wait", Take(7));
        Assert.Equal(15, _buffer.Dropped);
    }

    [Fact]
    public void Delay_that_a_burst_has_left_is_taken_back()
    {
        Push(0, 1, 2, 3);
        Take(1);
        for (ushort next = 4; next < 204; next++)
        {
            Take(1);
            Push(next);
        }

        // Of the four packets of delay two are left.
        Assert.Equal(2, _buffer.Dropped);
    }

    [Fact]
    public void After_a_pause_a_packet_waits_again()
    {
        Push(1);
        Assert.Equal("wait 1 wait", Take(3));
        _buffer.Pause();
        Push(2);
        Assert.Equal("wait 2", Take(2));
    }

    [Fact]
    public void A_source_that_begins_anew_is_followed()
    {
        Push(1);
        Take(2);
        Push(2 + 32_768);
        Assert.Equal("wait 32770", Take(2));
        Push(40_000, 40_001);
        Assert.Equal("wait 40000 40001", Take(3));
        Push(5);
        Assert.Equal("wait 5", Take(2));
    }

    [Fact]
    public void Nothing_and_too_much_are_dropped()
    {
        _buffer.Push(1, []);
        _buffer.Push(2, new byte[OpusEncoder.MaxPayload + 1]);
        Assert.Equal(2, _buffer.Dropped);
        Assert.Equal("wait wait", Take(2));
    }

    [Fact]
    public void Whatever_comes_is_given_in_order_and_within_the_bound()
    {
        var random = new Random(1);
        var newest = 0;
        var last = -1;
        for (var turn = 0; turn < 100_000; turn++)
        {
            for (var count = random.Next(3); count > 0; count--)
            {
                newest = Math.Max(0, newest + random.Next(-3, 5));
                Push((ushort)newest);
            }

            if (_buffer.Take(out var payload) != JitterBufferResult.Packet)
                continue;
            var sequence = BitConverter.ToUInt16(payload);
            Assert.True((short)(sequence - (ushort)last) > 0, $"{sequence} after {last}");
            Assert.InRange((short)((ushort)newest - sequence), short.MinValue, 20);
            last = sequence;
        }
    }

    private void Push(params ushort[] sequences)
    {
        foreach (var sequence in sequences)
            _buffer.Push(sequence, BitConverter.GetBytes(sequence));
    }

    private string Take(int count)
    {
        var taken = new List<string>();
        for (; count > 0; count--)
        {
            var result = _buffer.Take(out var payload);
            var number = payload.IsEmpty ? "" : $"{BitConverter.ToUInt16(payload)}";
            taken.Add(result switch
            {
                JitterBufferResult.Packet => number,
                JitterBufferResult.Lost => $"lost({number})",
                _ => "wait",
            });
        }

        return string.Join(' ', taken);
    }
}
