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

    // Room for a peer's checks that are not forgotten yet: made when it comes, so that none is made while it talks.
    private const int TransactionsPerPeer = 8;

    private readonly Dictionary<IShardPeer, Keys> _peers = [];
    private readonly Dictionary<string, IShardPeer> _byUfrag = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IShardPeer>.AlternateLookup<ReadOnlySpan<char>> _byUfragChars;
    private readonly Dictionary<Path, IShardPeer> _byPath = [];
    private readonly Dictionary<StunTransactionId, IShardPeer> _byTransaction = [];
    private readonly Queue<(StunTransactionId Id, long Expires)> _transactionAges = [];

    public PeerTable() => _byUfragChars = _byUfrag.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The peers now.</summary>
    public IReadOnlyCollection<IShardPeer> Peers => _peers.Keys;

    /// <summary>Makes the peer known under its local ufrag, or under one more after an ICE restart.</summary>
    public void Add(IShardPeer peer, string ufrag)
    {
        _byUfrag.Add(ufrag, peer);
        if (_peers.TryGetValue(peer, out var keys))
        {
            keys.Ufrags.Add(ufrag);
            return;
        }

        _peers.Add(peer, new Keys([ufrag], []));
        _byTransaction.EnsureCapacity(_peers.Count * TransactionsPerPeer);
        _transactionAges.EnsureCapacity(_peers.Count * TransactionsPerPeer);
    }

    /// <summary>Forgets an ufrag that an ICE restart has replaced.</summary>
    public void Forget(IShardPeer peer, string ufrag)
    {
        if (_peers.TryGetValue(peer, out var keys) && keys.Ufrags.Remove(ufrag))
            _byUfrag.Remove(ufrag);
    }

    /// <summary>Forgets the peer and all its keys.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(IShardPeer peer)
    {
        if (!_peers.Remove(peer, out var keys))
            return false;
        foreach (var ufrag in keys.Ufrags)
            _byUfrag.Remove(ufrag);
        foreach (var path in keys.Paths)
        {
            if (_byPath[path] == peer)
                _byPath.Remove(path);
        }

        return true;
    }

    /// <summary>Binds an address, authenticated by STUN, to the peer.</summary>
    /// <returns>The peer that had it before, if another.</returns>
    public IShardPeer? Learn(in TransportAddress address, IShardPeer peer)
    {
        var path = new Path(peer.Socket, address);
        if (_byPath.TryGetValue(path, out var before) && before == peer)
            return null;
        _byPath[path] = peer;
        _peers[peer].Paths.Add(path);
        if (before is not null)
            _peers[before].Paths.Remove(path);
        return before;
    }

    /// <summary>The peer that is authenticated at the address, on this socket.</summary>
    public IShardPeer? At(int socket, in TransportAddress address) =>
        _byPath.GetValueOrDefault(new Path(socket, address));

    /// <summary>Remembers who sent a request, until the time.</summary>
    public void Sent(ReadOnlySpan<byte> request, IShardPeer peer, long now, long expires)
    {
        while (_transactionAges.TryPeek(out var oldest) && oldest.Expires <= now)
            _byTransaction.Remove(_transactionAges.Dequeue().Id);
        var id = StunTransactionId.Read(request.Slice(StunProtocol.TransactionIdOffset, StunProtocol.TransactionIdLength));
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
                return _byUfragChars.TryGetValue(chars[..length], out var peer) ? peer : null;
            case StunClass.Success or StunClass.Error:
                // It may be of a peer that is gone.
                return _byTransaction.TryGetValue(StunTransactionId.Read(message.TransactionId), out var sender)
                    && _peers.ContainsKey(sender) ? sender : null;
            default:
                return At(socket, from);
        }
    }

    /// <summary>One of our sockets and a remote address: all that DTLS and SRTP tell peers apart by.</summary>
    private readonly record struct Path(int Socket, TransportAddress Remote);

    /// <summary>What a peer is found by.</summary>
    private sealed record Keys(List<string> Ufrags, List<Path> Paths);
}
