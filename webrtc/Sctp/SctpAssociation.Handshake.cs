using System.Buffers.Binary;

namespace GoTo.WebRtc.Sctp;

/// <content>Set-up and shutdown (RFC 9260 sections 5 and 9.2), whose chunks are repeated by one timer.</content>
internal sealed partial class SctpAssociation
{
    private void RepeatHandshake(long now)
    {
        if (++_tries > MaxHandshakeTries)
        {
            Abort(_wasEstablished
                ? "The peer does not take part in the shutdown."
                : "The peer does not answer: it runs no SCTP.");
            return;
        }

        _rto.BackOff();
        SendHandshake(now);
    }

    /// <summary>Sends the chunk that the state stands for.</summary>
    private void SendHandshake(long now)
    {
        _handshakeAt = now + _rto.Rto;
        switch (State)
        {
            case SctpState.CookieWait:
                _local.Write(_writer, 0, SctpChunkType.Init, []);
                break;
            case SctpState.CookieEchoed:
                _echo.CopyTo(_writer.Add(_remote.Tag, SctpChunkType.CookieEcho, 0, _echo.Length));
                break;
            case SctpState.ShutdownSent:
                BinaryPrimitives.WriteUInt32BigEndian(
                    _writer.Add(_remote.Tag, SctpChunkType.Shutdown, 0, 4), _receiver.CumulativeTsn);
                break;
            case SctpState.ShutdownAckSent:
                _writer.Add(_remote.Tag, SctpChunkType.ShutdownAck, 0, 0);
                break;
        }
    }

    /// <summary>
    /// Answers an INIT, also one that crosses ours (section 5.2.1). A peer that starts anew within one DTLS association
    /// is not answered: data channels have no such thing.
    /// </summary>
    private void TakeInit(ReadOnlySpan<byte> value, long now)
    {
        if (!SctpInit.TryRead(value, out var remote, out _)) return;
        if (_wasEstablished && remote.Tag != _remote.Tag) return;
        _local.Write(_writer, remote.Tag, SctpChunkType.InitAck, _cookies.Bake(_local, remote, now));
    }

    private void TakeInitAck(ReadOnlySpan<byte> value, long now)
    {
        if (State != SctpState.CookieWait) return;
        if (!SctpInit.TryRead(value, out var remote, out var cookie) || cookie.Length == 0
            || cookie.Length > SctpPacketWriter.MaxPacket / 2)
        {
            Abort("The peer's INIT ACK is malformed.");
            return;
        }

        Know(remote);
        _echo = cookie;
        _tries = 0;
        State = SctpState.CookieEchoed;
        SendHandshake(now);
    }

    /// <summary>Takes our cookie back (section 5.2.4): the peer is set up, and so are we.</summary>
    private void TakeCookieEcho(ReadOnlySpan<byte> value, long now)
    {
        if (!_cookies.TryRead(value, now, out var localTag, out var remote) || localTag != _local.Tag) return;
        if (!_wasEstablished)
        {
            // In a crossing of two INITs both cookies say the same of the peer, unless one of the INITs was a repetition
            // with another tag; the last word counts.
            Know(remote);
            Establish(now);
        }
        else if (remote.Tag != _remote.Tag)
        {
            return;
        }

        _writer.Add(_remote.Tag, SctpChunkType.CookieAck, 0, 0);
    }

    private void TakeCookieAck(long now)
    {
        if (State == SctpState.CookieEchoed) Establish(now);
    }

    private void Know(in SctpInit remote)
    {
        _remote = remote;
        _receiver.Begin(remote.InitialTsn);
        _sender.Begin(_local.InitialTsn, remote.Tag, remote.Window);
        _sender.PartialReliability = remote.PartialReliability;
    }

    private void TakeShutdown(ReadOnlySpan<byte> value, long now)
    {
        if (value.Length < 4) return;
        switch (State)
        {
            case SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownReceived:
                State = SctpState.ShutdownReceived;
                _sender.TakeShutdown(BinaryPrimitives.ReadUInt32BigEndian(value), now);
                break;
            case SctpState.ShutdownSent:
                State = SctpState.ShutdownAckSent;
                _tries = 0;
                SendHandshake(now);
                break;
        }
    }

    private void TakeShutdownAck()
    {
        if (State is not (SctpState.ShutdownSent or SctpState.ShutdownAckSent)) return;
        _writer.Add(_remote.Tag, SctpChunkType.ShutdownComplete, 0, 0);
        _writer.Flush();
        End("The association was shut down.");
    }
}
