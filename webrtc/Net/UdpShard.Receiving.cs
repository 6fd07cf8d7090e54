using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Net;

/// <content>What comes in: to its peer, or dropped and counted.</content>
internal sealed partial class UdpShard
{
    private void Receive(int socket)
    {
        var count = _sockets.Receive(socket);
        var receivedAt = _time.GetTimestamp();
        Now = Elapsed(receivedAt);
        Counters.DatagramsReceived += count;
        if (_owners.Count > 0 && _owners.TryGetValue(socket, out var owner))
        {
            HandOver(owner, count);
            return;
        }

        for (var i = 0; i < count; i++)
            Handle(socket, _sockets.Datagram(i), _sockets.Sender(i), receivedAt);
    }

    private void HandOver(ISocketOwner owner, int count)
    {
        for (var i = 0; i < count; i++)
        {
            try
            {
                owner.OnDatagram(_sockets.Datagram(i), _sockets.Sender(i), Now);
            }
            catch (Exception e)
            {
                FailPeer(owner.Peer, e, "a datagram of a relay");
            }
        }
    }

    private void Handle(int socket, Span<byte> datagram, in TransportAddress from, long receivedAt)
    {
        var kind = Demux.Classify(datagram);
        if (kind == DatagramKind.Unknown)
        {
            Counters.UnknownKind++;
            return;
        }

        StunMessage message = default;
        if (kind == DatagramKind.Stun && !StunMessage.TryParse(datagram, out message))
        {
            Counters.UnknownKind++;
            return;
        }

        var peer = kind == DatagramKind.Stun ? _peers.For(message, socket, from) : _peers.At(socket, from);
        if (peer is null || peer.Socket != socket)
        {
            Counters.UnknownPeer++;
            return;
        }

        try
        {
            switch (kind)
            {
                case DatagramKind.Stun:
                    HandleStun(peer, message, from);
                    break;
                case DatagramKind.Dtls:
                    peer.OnDtls(datagram, from);
                    break;
                case DatagramKind.Rtp:
                    peer.OnRtp(datagram, Now, receivedAt);
                    break;
                default:
                    peer.OnRtcp(datagram, Now);
                    break;
            }
        }
        catch (Exception e)
        {
            FailPeer(peer, e, kind.ToString());
        }
    }

    private void HandleStun(IShardPeer peer, in StunMessage message, in TransportAddress from)
    {
        var isRequest = message.Class == StunClass.Request;
        if (isRequest && !_failures.Allows(from, Now) && _peers.At(peer.Socket, from) != peer)
            Counters.RateLimited++;
        else if (peer.OnStun(message, from, Now))
            Learn(peer, from);
        else if (isRequest)
            _failures.OnFailure(from, Now);
    }
}
