using System.Buffers.Binary;
using System.Text;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Net;

/// <summary>
/// Finds the peer that a datagram is for: a STUN request by our ufrag in its USERNAME, a STUN response by its
/// transaction, all else by an address that was authenticated before (RFC 8445 section 7, RFC 7983).
/// </summary>
internal sealed class PeerTable
{
    private const int MaxUfrag = 256;

    private readonly Dictionary<string, IShardPeer> _byUfrag = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IShardPeer>.AlternateLookup<ReadOnlySpan<char>> _byUfragSpan;
    private readonly Dictionary<Path, IShardPeer> _byPath = [];
    private readonly Dictionary<Transaction, IShardPeer> _byTransaction = [];
    private readonly Queue<(Transaction Id, long Expires)> _transactionAges = [];
    private readonly HashSet<IShardPeer> _peers = [];

    public PeerTable() => _byUfragSpan = _byUfrag.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The peers now.</summary>
    public IReadOnlyCollection<IShardPeer> Peers => _peers;

    /// <summary>Makes the peer known under its local ufrag.</summary>
    public void Add(IShardPeer peer, string ufrag)
    {
        _peers.Add(peer);
        _byUfrag[ufrag] = peer;
    }

    /// <summary>Forgets the peer and all its keys.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(IShardPeer peer)
    {
        if (!_peers.Remove(peer))
            return false;
        RemoveValues(_byUfrag, peer);
        RemoveValues(_byPath, peer);
        RemoveValues(_byTransaction, peer);
        return true;
    }

    /// <summary>Binds an address, authenticated by STUN, to the peer.</summary>
    public void Learn(in TransportAddress address, IShardPeer peer) => _byPath[new Path(peer.Socket, address)] = peer;

    /// <summary>The peer that is authenticated at the address, on this socket.</summary>
    public IShardPeer? At(int socket, in TransportAddress address) =>
        _byPath.GetValueOrDefault(new Path(socket, address));

    /// <summary>Remembers who sent a request, until its response or until the time.</summary>
    public void Sent(ReadOnlySpan<byte> request, IShardPeer peer, long now, long expires)
    {
        while (_transactionAges.TryPeek(out var oldest) && oldest.Expires <= now)
            _byTransaction.Remove(_transactionAges.Dequeue().Id);
        var id = Transaction.Of(request.Slice(StunProtocol.TransactionIdOffset, StunProtocol.TransactionIdLength));
        if (_byTransaction.TryAdd(id, peer))
            _transactionAges.Enqueue((id, expires));
    }

    /// <summary>The peer that a STUN message is for.</summary>
    public IShardPeer? For(in StunMessage message, int socket, in TransportAddress from)
    {
        switch (message.Class)
        {
            case StunClass.Request:
                var ufrag = message.ReceiverUfrag;
                if (ufrag.IsEmpty || ufrag.Length > MaxUfrag)
                    return null;
                Span<char> chars = stackalloc char[MaxUfrag];
                var length = Encoding.Latin1.GetChars(ufrag, chars);
                return _byUfragSpan.TryGetValue(chars[..length], out var peer) ? peer : null;
            case StunClass.Success or StunClass.Error:
                return _byTransaction.GetValueOrDefault(Transaction.Of(message.TransactionId));
            default:
                return At(socket, from);
        }
    }

    private static void RemoveValues<TKey>(Dictionary<TKey, IShardPeer> map, IShardPeer peer)
        where TKey : notnull
    {
        foreach (var (key, value) in map)
        {
            if (value == peer)
                map.Remove(key);
        }
    }

    /// <summary>One of our sockets and a remote address: all that DTLS and SRTP tell peers apart by.</summary>
    private readonly record struct Path(int Socket, TransportAddress Remote);

    /// <summary>A STUN transaction id: 96 random bits.</summary>
    private readonly record struct Transaction(ulong High, uint Low)
    {
        public static Transaction Of(ReadOnlySpan<byte> id) =>
            new(BinaryPrimitives.ReadUInt64BigEndian(id), BinaryPrimitives.ReadUInt32BigEndian(id[8..]));
    }
}
