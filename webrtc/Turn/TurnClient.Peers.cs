using GoTo.WebRtc.Net;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Turn;

/// <content>Peers behind the relay: permissions, channels, and their data (RFC 8656 sections 9 to 12).</content>
internal sealed partial class TurnClient
{
    private const int MaxMessage = Demux.MaxDatagram + 128;

    // Datagrams that wait for a permission: some checks, which are repeated anyway.
    private const int MaxWaiting = 16;

    // As many peers as an ICE agent has pairs: each costs the server memory, too.
    private const int MaxPeers = 100;

    // Of five minutes and of ten.
    private const long PermissionRefresh = 4 * TimeSpan.TicksPerMinute;
    private const long ChannelRefresh = 9 * TimeSpan.TicksPerMinute;

    private readonly List<TurnPermission> _permissions = [];
    private readonly List<TurnChannel> _channels = [];
    private readonly List<(TransportAddress To, byte[] Data)> _waiting = [];
    private readonly byte[] _message = new byte[MaxMessage];

    /// <summary>
    /// Sends a datagram from the relayed address: by a channel if there is one for the peer, else by an indication as
    /// soon as there is a permission. It may get lost, as any datagram. Allocates nothing once there is either.
    /// </summary>
    public void Send(ReadOnlySpan<byte> data, in TransportAddress to, long now)
    {
        if (State != TurnState.Allocated || data.Length > Demux.MaxDatagram) return;
        if (FindChannel(to) is { IsBound: true } channel)
        {
            _sink.SendToServer(_message.AsSpan(0, ChannelData.Write(_message, channel.Number, data, _isStream)));
            return;
        }

        var permission = FindPermission(to) ?? AskPermission(to, now);
        if (permission?.IsGranted == true) Indicate(data, to);
        else if (permission is { IsGranted: null } && _waiting.Count < MaxWaiting) _waiting.Add((to, data.ToArray()));
    }

    /// <summary>Asks for a channel to the peer, which spares 32 bytes a datagram: for the pair that carries media.</summary>
    public void Bind(in TransportAddress peer, long now)
    {
        if (State != TurnState.Allocated || FindChannel(peer) is not null || _channels.Count >= MaxPeers) return;
        var channel = new TurnChannel(peer, (ushort)(ChannelData.FirstChannel + _channels.Count));
        _channels.Add(channel);
        Request(StunProtocol.ChannelBindMethod, now, FindPermission(peer), channel);
    }

    private TurnPermission? AskPermission(in TransportAddress to, long now)
    {
        if (_permissions.Count >= MaxPeers) return null;
        var permission = new TurnPermission(to.WithPort(0));
        _permissions.Add(permission);
        Request(StunProtocol.CreatePermissionMethod, now, permission);
        return permission;
    }

    private void Indicate(ReadOnlySpan<byte> data, in TransportAddress to)
    {
        Span<byte> transactionId = stackalloc byte[StunProtocol.TransactionIdLength];
        NewId().Write(transactionId);
        var writer = new StunWriter(_message, StunClass.Indication, StunProtocol.SendMethod, transactionId);
        writer.WriteXorAddress(StunAttribute.XorPeerAddress, to);
        writer.Write(StunAttribute.Data, data);
        _sink.SendToServer(_message.AsSpan(0, writer.Finish()));
    }

    private void OnPeerGranted(TurnTransaction transaction, long now)
    {
        if (transaction.Channel is { } channel)
        {
            channel.IsBound = true;
            channel.RefreshAt = now + ChannelRefresh;
        }
        else if (transaction.Permission is { } permission)
        {
            permission.IsGranted = true;
            permission.RefreshAt = now + PermissionRefresh;
            SendWaiting(permission);
        }
    }

    /// <summary>No data goes there by this way: the pairs concerned fail by themselves.</summary>
    private void OnPeerRefused(TurnTransaction transaction)
    {
        if (transaction.Channel is { } channel)
        {
            // It stays in the list, so that its number is not given again.
            channel.IsBound = false;
            channel.RefreshAt = long.MaxValue;
        }
        else if (transaction.Permission is { } permission)
        {
            permission.IsGranted = false;
            permission.RefreshAt = long.MaxValue;
            _waiting.RemoveAll(waiting => waiting.To.WithPort(0) == permission.Address);
        }
    }

    private void SendWaiting(TurnPermission permission)
    {
        foreach (var (to, data) in _waiting)
        {
            if (to.WithPort(0) == permission.Address) Indicate(data, to);
        }

        _waiting.RemoveAll(waiting => waiting.To.WithPort(0) == permission.Address);
    }

    private void RefreshPeers(long now)
    {
        foreach (var permission in _permissions)
        {
            if (now < permission.RefreshAt) continue;
            permission.RefreshAt = long.MaxValue;
            Request(StunProtocol.CreatePermissionMethod, now, permission);
        }

        foreach (var channel in _channels)
        {
            if (now < channel.RefreshAt) continue;
            channel.RefreshAt = long.MaxValue;
            Request(StunProtocol.ChannelBindMethod, now, null, channel);
        }
    }

    private long PeersDeadline()
    {
        var deadline = long.MaxValue;
        foreach (var permission in _permissions) deadline = Math.Min(deadline, permission.RefreshAt);
        foreach (var channel in _channels) deadline = Math.Min(deadline, channel.RefreshAt);
        return deadline;
    }

    private void OnChannelData(Span<byte> message)
    {
        if (!ChannelData.TryRead(message, out var number, out var end)) return;
        foreach (var channel in _channels)
        {
            if (channel.Number != number) continue;
            _sink.OnRelayedData(message[ChannelData.HeaderLength..end], channel.Peer);
            return;
        }
    }

    private void OnDataIndication(Span<byte> bytes, in StunMessage message)
    {
        if (!message.TryGetAddress(StunAttribute.XorPeerAddress, out var from) || FindPermission(from) is null
            || !message.TryGet(StunAttribute.Data, out var data)
            || !((ReadOnlySpan<byte>)bytes).Overlaps(data, out var offset))
        {
            return;
        }

        _sink.OnRelayedData(bytes.Slice(offset, data.Length), from);
    }

    private TurnPermission? FindPermission(in TransportAddress peer)
    {
        var address = peer.WithPort(0);
        foreach (var permission in _permissions)
        {
            if (permission.Address == address) return permission;
        }

        return null;
    }

    private TurnChannel? FindChannel(in TransportAddress peer)
    {
        foreach (var channel in _channels)
        {
            if (channel.Peer == peer) return channel;
        }

        return null;
    }
}
