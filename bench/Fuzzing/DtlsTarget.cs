using GoTo.WebRtc;
using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Srtp;

namespace GoTo.Bench.Fuzzing;

/// <summary>
/// The filter before DTLS: datagrams into an association that stands. It lets some alerts and handshake records of a
/// second through to BouncyCastle, on another thread, and none may end the association.
/// </summary>
internal sealed class DtlsTarget : IDtlsSink, IDisposable
{
    private readonly DtlsIdentity _identity = DtlsIdentity.Create(TimeProvider.System);
    private readonly HandshakePool _pool = new();
    private readonly DtlsEngine _server;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _closed;

    private DtlsTarget()
    {
        var factory = new DtlsEngineFactory(_identity, _pool, TimeProvider.System);
        SrtpProfile[] profiles = [SrtpProfile.AeadAes128Gcm];
        var client = new Client(this);
        _server = (DtlsEngine)factory.Create(profiles, this);
        client.Engine = factory.Create(profiles, client);
        client.Server = _server;
        Peer = client;
        if (!DtlsFingerprints.TryParse([_identity.Fingerprint], out var fingerprints, out var error))
            throw new InvalidOperationException(error);
        _server.Start(DtlsRole.Server, fingerprints);
        client.Engine.Start(DtlsRole.Client, fingerprints);
        if (!_connected.Task.Wait(TimeSpan.FromSeconds(20)))
            throw new TimeoutException("DTLS of one process with itself was not done in 20 s.");
    }

    private Client Peer { get; }

    public static FuzzTarget Create()
    {
        var target = new Lazy<DtlsTarget>(() => new DtlsTarget());
        return new FuzzTarget("dtls", Records(), 1_500, 4_096, input => target.Value.Feed(input));
    }

    public void SendDtls(ReadOnlySpan<byte> datagram) => Peer.Engine!.Feed(datagram);

    public void OnDtlsConnected(SrtpKeys keys) => _connected.TrySetResult();

    public void OnDtlsData(ReadOnlySpan<byte> data)
    {
    }

    public void OnDtlsClosed(DtlsCloseReason reason, string? detail, byte? alert) =>
        _closed = $"{reason}. {detail}";

    public void Dispose()
    {
        _pool.Dispose();
        _identity.Dispose();
    }

    private void Feed(Span<byte> input)
    {
        _server.Feed(input);
        if (_closed is { } reason)
            throw new InvalidOperationException($"A forged datagram has ended the association: {reason}");
    }

    private static byte[][] Records() =>
    [
        // An alert and a handshake record of epoch 1, application data, a ClientHello's beginning.
        Convert.FromHexString("15fefd0001000000000007001a000100000000000750a1b2c3d4e5f60718293a4b5c6d7e8f90"),
        Convert.FromHexString("16fefd00010000000000080028000100000000000850a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b"),
        Convert.FromHexString("17fefd000100000000000900100001020304050607080910111213141516"),
        Convert.FromHexString("16fefd00000000000000000030010000240000000000000024fefd00112233445566778899aabbccddeeff00112233445566"),
        Convert.FromHexString("15fefd0000000000000005000201 00".Replace(" ", "", StringComparison.Ordinal)),
    ];

    private sealed class Client(DtlsTarget target) : IDtlsSink
    {
        public IDtlsEngine? Engine { get; set; }

        public DtlsEngine? Server { get; set; }

        public void SendDtls(ReadOnlySpan<byte> datagram) => Server!.Feed(datagram);

        public void OnDtlsConnected(SrtpKeys keys)
        {
        }

        public void OnDtlsData(ReadOnlySpan<byte> data)
        {
        }

        public void OnDtlsClosed(DtlsCloseReason reason, string? detail, byte? alert) => 
            target.OnDtlsClosed(reason, detail, alert);
    }
}
