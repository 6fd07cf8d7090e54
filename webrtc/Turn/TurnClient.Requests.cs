using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Turn;

/// <content>Requests with the long-term credential, and their repetition (RFC 8489 sections 6.2 and 9.2).</content>
internal sealed partial class TurnClient
{
    private const byte Udp = 17;
    private const byte IPv6 = 2;
    private const int MaxRepeats = 4;
    private const int MaxRealm = 763;
    private const long FirstTimeout = 500 * TimeSpan.TicksPerMillisecond;

    // RFC 8489 section 6.2.1: seven requests, the last waited for 16 times the first timeout; a stream repeats nothing.
    private const int MaxTries = 7;
    private const long LastTimeout = 16 * FirstTimeout;
    private const long StreamTimeout = 79 * FirstTimeout;

    /// <summary>Asks again, with the realm and nonce of the refusal.</summary>
    private void Authenticate(TurnTransaction transaction, in StunMessage message, long now)
    {
        if (transaction.Repeats >= MaxRepeats || !message.TryGet(StunAttribute.Nonce, out var nonce)
            || nonce.Length > MaxRealm)
        {
            Fail("The server refuses each nonce that it gives.");
            return;
        }

        _nonce = nonce.ToArray();
        if (message.TryGet(StunAttribute.Realm, out var realm) && realm.Length <= MaxRealm
            && (_key is null || !realm.SequenceEqual(_realm)))
        {
            _realm = realm.ToArray();
            _key = _credentials.KeyFor(realm);
        }

        if (_key is null)
        {
            Fail("The server asks for credentials without naming a realm.");
            return;
        }

        Request(transaction.Method, now, transaction.Permission, transaction.Channel, transaction.Repeats + 1);
    }

    private void Request(
        int method, long now, TurnPermission? permission = null, TurnChannel? channel = null, int repeats = 0)
    {
        Span<byte> buffer = stackalloc byte[MaxMessage];
        var id = NewId();
        var length = Write(buffer, method, id, permission, channel, lifetime: null);
        var transaction = new TurnTransaction
        {
            Method = method,
            Id = id,
            Message = buffer[..length].ToArray(),
            IsAuthenticated = _key is not null,
            Permission = permission,
            Channel = channel,
            Repeats = repeats,
        };
        _transactions.Add(transaction);
        Transmit(transaction, now);
    }

    private int Write(
        Span<byte> buffer, int method, StunTransactionId id, TurnPermission? permission, TurnChannel? channel,
        uint? lifetime)
    {
        Span<byte> transactionId = stackalloc byte[StunProtocol.TransactionIdLength];
        id.Write(transactionId);
        var writer = new StunWriter(buffer, StunClass.Request, method, transactionId);
        if (method == StunProtocol.AllocateMethod)
        {
            writer.Write(StunAttribute.RequestedTransport, [Udp, 0, 0, 0]);
            if (_isIPv6) writer.Write(StunAttribute.RequestedAddressFamily, [IPv6, 0, 0, 0]);
        }

        if (lifetime is { } seconds) writer.Write(StunAttribute.Lifetime, seconds);
        if (channel is not null) writer.Write(StunAttribute.ChannelNumber, (uint)channel.Number << 16);
        if ((channel?.Peer ?? permission?.Address) is { } peer)
            writer.WriteXorAddress(StunAttribute.XorPeerAddress, peer);
        if (_key is null) return writer.Finish();
        writer.Write(StunAttribute.Username, _credentials.Username);
        writer.Write(StunAttribute.Realm, _realm);
        writer.Write(StunAttribute.Nonce, _nonce);
        return writer.Finish(_key);
    }

    private void Transmit(TurnTransaction transaction, long now)
    {
        transaction.DueAt = now + (_isStream ? StreamTimeout
            : transaction.Sent == MaxTries - 1 ? LastTimeout : FirstTimeout << transaction.Sent);
        transaction.Sent++;
        _sink.SendToServer(transaction.Message);
    }

    private void Repeat(TurnTransaction transaction, long now)
    {
        if (!_isStream && transaction.Sent < MaxTries)
        {
            Transmit(transaction, now);
            return;
        }

        _transactions.Remove(transaction);
        if (transaction.Method is StunProtocol.AllocateMethod or StunProtocol.RefreshMethod)
            Fail("The server does not answer.");
        else OnPeerRefused(transaction);
    }

    private StunTransactionId NewId() => StunTransactionId.New(_entropy);
}
