using System.Buffers.Binary;

namespace GoTo.WebRtc.Sctp;

/// <content>
/// Stream reset (RFC 6525): how a data channel is closed (RFC 8831 section 6.7). One request of ours is under way at a
/// time.
/// </content>
internal sealed partial class SctpAssociation
{
    private const ushort OutgoingReset = 13;
    private const ushort IncomingReset = 14;
    private const ushort Response = 16;
    private const uint Done = 1;
    private const uint Denied = 2;
    private const uint InProgress = 6;

    private readonly HashSet<ushort> _ending = [];
    private List<ushort> _resetting = [];
    private long _resetAt = long.MaxValue;
    private uint _nextRequest;
    private uint? _answeredRequest;
    private uint _answer;
    private bool _resetNewlyDue;

    /// <summary>Ends our side of a stream, once its messages are delivered or given up.</summary>
    public void EndStream(ushort stream, long now)
    {
        if (_isOver || !_ending.Add(stream)) return;
        Flush(now);
    }

    /// <summary>Sends the request, or repeats it. A new one takes the streams that have nothing more to deliver.</summary>
    private void SendReset(long now, bool onlyNew = false)
    {
        if (_resetting.Count == 0)
        {
            _resetting = _ending.Where(stream => !_sender.Has(stream)).Take(100).ToList();
            _resetNewlyDue = _resetting.Count > 0;
        }

        if (_resetting.Count == 0 || onlyNew && !_resetNewlyDue) return;
        _resetNewlyDue = false;
        _resetAt = now + _rto.Rto;
        var value = _writer.Add(_remote.Tag, SctpChunkType.ReConfig, 0, 16 + (2 * _resetting.Count));
        BinaryPrimitives.WriteUInt16BigEndian(value, OutgoingReset);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)value.Length);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], _nextRequest);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], _answeredRequest ?? _remote.InitialTsn - 1);
        BinaryPrimitives.WriteUInt32BigEndian(value[12..], _sender.LastTsn);
        for (var i = 0; i < _resetting.Count; i++)
            BinaryPrimitives.WriteUInt16BigEndian(value[(16 + (2 * i))..], _resetting[i]);
    }

    private void TakeReConfig(ReadOnlySpan<byte> value, long now)
    {
        for (var rest = value; SctpChunk.TryTake(ref rest, out var parameter);)
        {
            var fields = parameter.Value;
            if (fields.Length < 4) return;
            var number = BinaryPrimitives.ReadUInt32BigEndian(fields);
            // A request that was overtaken by a later one has been answered.
            if (parameter.Parameter != Response && _answeredRequest is { } last && Serial.After(last, number)) continue;
            switch (parameter.Parameter)
            {
                case Response when fields.Length >= 8:
                    TakeResponse(number, BinaryPrimitives.ReadUInt32BigEndian(fields[4..]), now);
                    break;
                case OutgoingReset when fields.Length >= 12:
                    Answer(number, number == _answeredRequest && _answer != InProgress
                        ? _answer
                        : TakeOutgoingReset(fields));
                    break;
                case IncomingReset:
                    Answer(number, TakeIncomingReset(fields[4..]));
                    break;
                case Response or OutgoingReset:
                    return;
                default:
                    Answer(number, Denied);
                    break;
            }
        }
    }

    /// <summary>The peer ends streams: not before all that it sent on them is here (section 5.2.2).</summary>
    private uint TakeOutgoingReset(ReadOnlySpan<byte> fields)
    {
        var lastTsn = BinaryPrimitives.ReadUInt32BigEndian(fields[8..]);
        if (Serial.After(lastTsn, _receiver.CumulativeTsn)) return InProgress;
        _receiver.ResetStreams(Streams(fields[12..]));
        return Done;
    }

    /// <summary>The peer asks us to end streams; our own request will say when (section 5.2.3).</summary>
    private uint TakeIncomingReset(ReadOnlySpan<byte> streams)
    {
        foreach (var stream in Streams(streams)) _ending.Add(stream);
        return Done;
    }

    private static List<ushort> Streams(ReadOnlySpan<byte> numbers)
    {
        var streams = new List<ushort>();
        for (; numbers.Length >= 2; numbers = numbers[2..])
            streams.Add(BinaryPrimitives.ReadUInt16BigEndian(numbers));
        return streams;
    }

    private void Answer(uint number, uint result)
    {
        (_answeredRequest, _answer) = (number, result);
        var value = _writer.Add(_remote.Tag, SctpChunkType.ReConfig, 0, 12);
        BinaryPrimitives.WriteUInt16BigEndian(value, Response);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], 12);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], number);
        BinaryPrimitives.WriteUInt32BigEndian(value[8..], result);
    }

    private void TakeResponse(uint number, uint result, long now)
    {
        if (number != _nextRequest || _resetting.Count == 0) return;
        _errors = 0;
        if (result == InProgress)
        {
            _resetAt = now + _rto.Rto;
            return;
        }

        // Whatever the answer, the stream has ended for us: a peer that denies it keeps nothing that we wait for.
        var ended = _resetting;
        _resetting = [];
        _resetAt = long.MaxValue;
        _nextRequest++;
        foreach (var stream in ended)
        {
            _ending.Remove(stream);
            _sender.ResetStream(stream);
            _sink.OnSctpStreamEnded(stream);
        }
    }
}
