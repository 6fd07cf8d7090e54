using System.Buffers.Binary;

namespace GoTo.WebRtc.Sctp;

/// <content>What the peer acknowledges (RFC 9260 sections 6.2.1, 6.3.2, 7.2).</content>
internal sealed partial class SctpSender
{
    private const int SackHeader = 12;

    /// <summary>Takes the value of a SACK chunk.</summary>
    /// <param name="value">The value.</param>
    /// <param name="now">The time in ticks.</param>
    /// <param name="progress">Whether it acknowledges something for the first time.</param>
    /// <returns>False when the peer breaks the protocol.</returns>
    public bool TakeSack(ReadOnlySpan<byte> value, long now, out bool progress)
    {
        progress = false;
        if (value.Length < SackHeader) return false;
        var cumulative = BinaryPrimitives.ReadUInt32BigEndian(value);
        var window = BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        int gaps = BinaryPrimitives.ReadUInt16BigEndian(value[8..]);
        if (value.Length < SackHeader + (4 * gaps)) return false;
        if (Serial.After(cumulative, LastTsn)) return false;
        if (Serial.After(_acknowledged, cumulative)) return true; // overtaken by a later one

        var advanced = cumulative != _acknowledged;
        var used = _inFlight >= _window - Mtu;
        var acknowledged = TakeCumulative(cumulative, now) + TakeGaps(value.Slice(SackHeader, 4 * gaps), cumulative, now);
        progress = acknowledged > 0 || advanced;
        _remoteWindow = (int)Math.Max(0, Math.Min(window, int.MaxValue) - _inFlight);
        if (_recoveryEnd is { } end && !Serial.After(end, cumulative)) _recoveryEnd = null;
        if (advanced && used && _recoveryEnd is null) Grow(acknowledged);
        AdvanceGivenUp();
        if (advanced) RetransmitAt = _outstanding.Count == 0 ? long.MaxValue : now + rto.Rto;
        return true;
    }

    /// <summary>Takes the cumulative TSN of a SHUTDOWN chunk (RFC 9260 section 9.2).</summary>
    public void TakeShutdown(uint cumulative, long now)
    {
        if (!Serial.After(cumulative, _acknowledged) || Serial.After(cumulative, LastTsn)) return;
        TakeCumulative(cumulative, now);
        AdvanceGivenUp();
    }

    /// <summary>Takes a cumulative TSN; gives how many bytes are newly acknowledged.</summary>
    private int TakeCumulative(uint cumulative, long now)
    {
        _acknowledged = cumulative;
        var count = 0;
        var bytes = 0;
        while (count < _outstanding.Count && !Serial.After(_outstanding[count].Tsn, cumulative))
        {
            var chunk = _outstanding[count++];
            bytes += Acknowledge(chunk, now);
            if (--chunk.Message.Outstanding == 0 && chunk.Message is { IsCut: true, IsAbandoned: false })
                sink.OnSctpReleased(chunk.Message.Stream, chunk.Message.Protocol, chunk.Message.Data.Length);
        }

        _outstanding.RemoveRange(0, count);
        return bytes;
    }

    private int TakeGaps(ReadOnlySpan<byte> blocks, uint cumulative, long now)
    {
        var bytes = 0;
        uint? highest = null;
        var block = 0;
        foreach (var chunk in _outstanding)
        {
            var ahead = chunk.Tsn - cumulative;
            while (block < blocks.Length && End(blocks, block) < ahead) block += 4;
            if (block < blocks.Length && Start(blocks, block) <= ahead)
            {
                var newly = Acknowledge(chunk, now);
                if (newly > 0) highest = chunk.Tsn;
                bytes += newly;
            }
            else if (chunk.IsAcknowledged)
            {
                // The peer has thrown it away for want of room, and will not say so again (RFC 9260 section 6.2).
                chunk.IsAcknowledged = false;
                chunk.IsLost = true;
            }
        }

        if (highest is { } newest) CountMisses(newest);
        return bytes;
    }

    private static uint Start(ReadOnlySpan<byte> blocks, int at) => BinaryPrimitives.ReadUInt16BigEndian(blocks[at..]);

    private static uint End(ReadOnlySpan<byte> blocks, int at) =>
        BinaryPrimitives.ReadUInt16BigEndian(blocks[(at + 2)..]);

    private int Acknowledge(OutgoingChunk chunk, long now)
    {
        if (chunk.IsAcknowledged) return 0;
        if (chunk.Transmissions == 1 && !chunk.IsLost) rto.Measure(now - chunk.SentAt);
        if (chunk.IsInFlight) _inFlight -= chunk.Length;
        chunk.IsAcknowledged = true;
        chunk.IsLost = false;
        return chunk.Length;
    }

    /// <summary>Highest newly acknowledged: what was sent before it and is missing has been missed once more.</summary>
    private void CountMisses(uint newest)
    {
        var lost = false;
        foreach (var chunk in _outstanding)
        {
            if (!Serial.After(newest, chunk.Tsn)) break;
            if (!chunk.IsInFlight || ++chunk.Misses != MissesToLose || chunk.Transmissions > 1) continue;
            chunk.IsLost = lost = true;
            _inFlight -= chunk.Length;
        }

        if (!lost) return;
        GiveUpRetransmitted();
        if (_recoveryEnd is not null) return;
        _lossWasFast = true;
        _threshold = Math.Max(_window / 2, MinThreshold);
        _window = _threshold;
        _partlyAcknowledged = 0;
        _recoveryEnd = LastTsn;
    }

    private void Grow(int acknowledged)
    {
        if (_window <= _threshold)
        {
            _window += Math.Min(acknowledged, Mtu);
            return;
        }

        _partlyAcknowledged += acknowledged;
        if (_partlyAcknowledged < _window) return;
        _partlyAcknowledged -= _window;
        _window += Mtu;
    }
}
