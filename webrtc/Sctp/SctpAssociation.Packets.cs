using System.Buffers.Binary;

namespace GoTo.WebRtc.Sctp;

/// <content>What comes in (RFC 9260 sections 6 and 8).</content>
internal sealed partial class SctpAssociation
{
    private const ushort UnrecognizedChunk = 6;
    private const byte TagReflected = 1;

    /// <summary>Takes a packet; one that is not for this association is dropped.</summary>
    public void Handle(ReadOnlySpan<byte> datagram, long now)
    {
        if (_isOver || !SctpPacket.TryParse(datagram, out var packet)) return;
        var rest = packet.Chunks;
        if (!SctpChunk.TryTake(ref rest, out var chunk) || !IsTagRight(packet.VerificationTag, chunk)) return;
        var hasData = false;
        do
        {
            hasData |= chunk.Type == SctpChunkType.Data;
            if (!Take(chunk, now)) break;
        }
        while (!_isOver && SctpChunk.TryTake(ref rest, out chunk));

        if (hasData) PlanSack(now);
        Flush(now);
    }

    /// <summary>Section 8.5: an INIT has no tag, and an ABORT or SHUTDOWN COMPLETE may carry the peer's own.</summary>
    private bool IsTagRight(uint tag, in SctpChunk first) => first.Type switch
    {
        SctpChunkType.Init => tag == 0,
        SctpChunkType.Abort or SctpChunkType.ShutdownComplete when (first.Flags & TagReflected) != 0 =>
            tag == _remote.Tag && tag != 0,
        _ => tag == _local.Tag,
    };

    /// <returns>False to leave the rest of the packet alone.</returns>
    private bool Take(in SctpChunk chunk, long now)
    {
        var value = chunk.Value;
        switch (chunk.Type)
        {
            case SctpChunkType.Data:
                return !TakesData || Require(_receiver.TakeData((SctpDataFlags)chunk.Flags, value), now, chunk.Flags);
            case SctpChunkType.ForwardTsn:
                if (!TakesData) return true;
                _sackAt = now;
                return Require(_receiver.TakeForwardTsn(value), now);
            case SctpChunkType.Sack:
                return !_wasEstablished || TakeSack(value, now);
            case SctpChunkType.Init:
                TakeInit(value, now);
                return false; // never with another chunk (section 3.3.2)
            case SctpChunkType.InitAck:
                TakeInitAck(value, now);
                return false;
            case SctpChunkType.CookieEcho:
                TakeCookieEcho(value, now);
                return _wasEstablished;
            case SctpChunkType.CookieAck:
                TakeCookieAck(now);
                return true;
            case SctpChunkType.Heartbeat:
                if (_remote.Tag != 0 && value.Length <= SctpPacketWriter.MaxPacket / 2)
                    value.CopyTo(_writer.Add(_remote.Tag, SctpChunkType.HeartbeatAck, 0, value.Length));
                return true;
            case SctpChunkType.HeartbeatAck:
                TakeHeartbeatAck(value, now);
                return true;
            case SctpChunkType.Abort:
                End("The peer aborted the association.");
                return false;
            case SctpChunkType.Shutdown:
                TakeShutdown(value, now);
                return true;
            case SctpChunkType.ShutdownAck:
                TakeShutdownAck();
                return false;
            case SctpChunkType.ShutdownComplete:
                if (State == SctpState.ShutdownAckSent) End("The association was shut down.");
                return false;
            case SctpChunkType.ReConfig:
                if (_wasEstablished) TakeReConfig(value, now);
                return true;
            case SctpChunkType.Error:
                return true; // tells of something that the peer left out
            default:
                return SkipUnknown(chunk);
        }
    }

    private bool Require(bool kept, long now, byte flags = 0)
    {
        if (!kept) Abort("The peer breaks the protocol of SCTP.");
        else if ((flags & (byte)SctpDataFlags.Immediate) != 0) _sackAt = now;
        return kept;
    }

    private bool TakeSack(ReadOnlySpan<byte> value, long now)
    {
        if (!Require(_sender.TakeSack(value, now, out var progress), now)) return false;
        if (progress) _errors = 0;
        if (progress && !_heartbeatPending) _heartbeatAt = now + HeartbeatInterval;
        return true;
    }

    private void TakeHeartbeatAck(ReadOnlySpan<byte> value, long now)
    {
        if (!_heartbeatPending || value.Length != 12) return;
        var sentAt = BinaryPrimitives.ReadInt64BigEndian(value[4..]);
        if (sentAt > now || now - sentAt > HeartbeatInterval) return;
        _heartbeatPending = false;
        _errors = 0;
        _rto.Measure(now - sentAt);
        _heartbeatAt = now + HeartbeatInterval;
    }

    /// <summary>At once when something is missing or came twice, else for every second packet (section 6.2).</summary>
    private void PlanSack(long now)
    {
        if (!TakesData) return;
        _packetsUnacknowledged++;
        if (_receiver.HasGaps || _receiver.HasDuplicates || _packetsUnacknowledged >= 2) _sackAt = now;
        else _sackAt = Math.Min(_sackAt, now + SackDelay);
    }

    /// <summary>The two highest bits of an unknown type say what to do (section 3.2).</summary>
    private bool SkipUnknown(in SctpChunk chunk)
    {
        if (((byte)chunk.Type & 0x40) != 0 && _remote.Tag != 0 && chunk.Whole.Length <= SctpPacketWriter.MaxPacket / 2)
        {
            var value = _writer.Add(
                _remote.Tag, SctpChunkType.Error, 0, SctpChunk.HeaderLength + chunk.Whole.Length);
            BinaryPrimitives.WriteUInt16BigEndian(value, UnrecognizedChunk);
            BinaryPrimitives.WriteUInt16BigEndian(value[2..], (ushort)value.Length);
            chunk.Whole.CopyTo(value[SctpChunk.HeaderLength..]);
        }

        return ((byte)chunk.Type & 0x80) != 0;
    }
}
