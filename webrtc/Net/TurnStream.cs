using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using GoTo.WebRtc.Stun;
using GoTo.WebRtc.Turn;

namespace GoTo.WebRtc.Net;

/// <summary>What comes of a <see cref="TurnStream"/>; called on the shard's thread.</summary>
internal interface ITurnStreamOwner
{
    void OnConnected(TurnStream stream);

    void OnMessage(TurnStream stream, Span<byte> message);

    /// <summary>The stream has ended, or could not be opened. Told once, and last.</summary>
    void OnDisconnected(TurnStream stream, string reason);
}

/// <summary>
/// A TCP or TLS connection to a TURN server, cut into its messages (RFC 8656 section 12.5). Reads and writes beside the
/// shard's thread, and copies: a relay by TCP is the last resort of a few calls, not the way of thousands.
/// </summary>
internal sealed class TurnStream : IDisposable
{
    // Audio that waits longer than a second for a slow server is of no use.
    private const int MaxQueued = 64;
    private const int BufferSize = 16 << 10;

    // For what was sent before the end, or to give up a connection that was never made.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly UdpShard _shard;
    private readonly ITurnStreamOwner _owner;
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<byte[]> _outgoing = Channel.CreateBounded<byte[]>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });

    /// <param name="shard">Where the owner is called.</param>
    /// <param name="owner">What takes the messages.</param>
    public TurnStream(UdpShard shard, ITurnStreamOwner owner) => (_shard, _owner) = (shard, owner);

    /// <summary>Begins to connect.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="tlsHost">The name in the server's certificate; none for plain TCP.</param>
    /// <param name="authority">Who signed that certificate; none for what the system trusts.</param>
    public void Connect(IPEndPoint server, string? tlsHost, X509Certificate2? authority) =>
        _ = Task.Run(() => Run(server, tlsHost, authority));

    /// <summary>Sends a message; it is copied. Dropped when too many are waiting.</summary>
    public void Send(ReadOnlySpan<byte> message) => _outgoing.Writer.TryWrite(message.ToArray());

    /// <summary>Ends the connection after what was sent.</summary>
    public void Dispose()
    {
        _outgoing.Writer.TryComplete();
        _ended.CancelAfter(LastWords);
    }

    private async Task Run(IPEndPoint server, string? tlsHost, X509Certificate2? authority)
    {
        var reason = "The server ended the connection.";
        try
        {
            using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server, _ended.Token).ConfigureAwait(false);
            Stream stream = new NetworkStream(socket);
            if (tlsHost is not null) stream = await Secure(stream, tlsHost, authority).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                _shard.Post(() => _owner.OnConnected(this));
                var reading = Read(stream);
                await Task.WhenAny(reading, Write(stream)).ConfigureAwait(false);
                await _ended.CancelAsync().ConfigureAwait(false);
                await reading.ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (failure is IOException or SocketException or AuthenticationException
            or OperationCanceledException)
        {
            if (failure is not OperationCanceledException) reason = failure.Message;
        }

        _outgoing.Writer.TryComplete();
        _shard.Post(() => _owner.OnDisconnected(this, reason));
    }

    private async Task<Stream> Secure(Stream stream, string host, X509Certificate2? authority)
    {
        var secure = new SslStream(stream);
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (authority is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { authority },
                RevocationMode = X509RevocationMode.NoCheck,
            };
        }

        try
        {
            await secure.AuthenticateAsClientAsync(options, _ended.Token).ConfigureAwait(false);
            return secure;
        }
        catch
        {
            await secure.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task Write(Stream stream)
    {
        await foreach (var message in _outgoing.Reader.ReadAllAsync(_ended.Token).ConfigureAwait(false))
            await stream.WriteAsync(message, _ended.Token).ConfigureAwait(false);
    }

    private async Task Read(Stream stream)
    {
        var buffer = new byte[BufferSize];
        var filled = 0;
        while (true)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(filled), _ended.Token).ConfigureAwait(false);
            if (read == 0) return;
            filled += read;
            var start = 0;
            while (MessageLength(buffer.AsSpan(start, filled - start)) is { } length && length <= filled - start)
            {
                var message = buffer[start..(start + length)];
                _shard.Post(() => _owner.OnMessage(this, message));
                start += length;
            }

            buffer.AsSpan(start, filled - start).CopyTo(buffer);
            filled -= start;
        }
    }

    /// <summary>The length of the message that begins here; null when too little of it is there to tell.</summary>
    private static int? MessageLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < ChannelData.HeaderLength) return null;
        var length = (int)BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        length = ChannelData.Is(bytes) ? (ChannelData.HeaderLength + length + 3) & ~3
            : bytes[0] <= 3 ? StunProtocol.HeaderLength + length
            : throw new IOException("The server sent what is neither STUN nor ChannelData.");
        return length <= BufferSize ? length : throw new IOException("The server sent a message that is too long.");
    }
}
