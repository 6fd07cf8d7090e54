using System.Net;
using System.Net.Sockets;
using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Srtp;
using Xunit;

namespace GoTo.WebRtc.Tests.Dtls;

/// <summary>Our handshake against OpenSSL's, which nobody here wrote: the keys of both must be the same.</summary>
public sealed class DtlsOpenSslTests : IDisposable
{
    private const SrtpProfile Gcm = SrtpProfile.AeadAes128Gcm;
    private const SrtpProfile Cm = SrtpProfile.Aes128CmSha1_80;
    private const string GcmName = "SRTP_AEAD_AES_128_GCM";
    private const string CmName = "SRTP_AES128_CM_SHA1_80";

    private readonly HandshakePool _pool = new(4);
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly OpenSslIdentity _identity = new();

    private int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    public void Dispose()
    {
        _socket.Dispose();
        _pool.Dispose();
        _identity.Dispose();
    }

    [Theory]
    [InlineData(GcmName, Gcm)]
    [InlineData(CmName, Cm)]
    [InlineData($"{CmName}:{GcmName}", Cm)] // the server's choice, and OpenSSL's is its own first
    public async Task As_client_we_export_the_keys_of_s_server(string profiles, SrtpProfile expected)
    {
        var port = OpenSslPeer.FreePort();
        await using var openssl = await OpenSslPeer.Serve(port, _identity, profiles);
        var us = new DtlsEnd(_pool);
        Plug(us, new IPEndPoint(IPAddress.Loopback, port));

        us.Engine.Start(DtlsRole.Client, DtlsEnd.Parse(_identity.Fingerprint));
        var keys = await us.Connected();

        AssertKeys(keys, expected, await openssl.Keys(), DtlsRole.Client);
        us.Engine.Close();
        Assert.Equal((DtlsCloseReason.ClosedLocally, null), await us.Closed());
    }

    [Theory]
    [InlineData(GcmName, Gcm)]
    [InlineData(CmName, Cm)]
    [InlineData($"{CmName}:{GcmName}", Gcm)] // our choice
    public async Task As_server_we_export_the_keys_of_s_client(string profiles, SrtpProfile expected)
    {
        var us = new DtlsEnd(_pool);
        Plug(us, remote: null);
        us.Engine.Start(DtlsRole.Server, DtlsEnd.Parse(_identity.Fingerprint));

        await using var openssl = OpenSslPeer.Connect(Port, _identity, profiles);
        var keys = await us.Connected();

        AssertKeys(keys, expected, await openssl.Keys(), DtlsRole.Server);
        openssl.Quit();
        Assert.Equal((DtlsCloseReason.ClosedByPeer, null), await us.Closed());
    }

    [Fact]
    public async Task Our_close_notify_ends_s_client()
    {
        var us = new DtlsEnd(_pool);
        Plug(us, remote: null);
        us.Engine.Start(DtlsRole.Server, DtlsEnd.Parse(_identity.Fingerprint));
        await using var openssl = OpenSslPeer.Connect(Port, _identity, GcmName);
        await us.Connected();
        await openssl.Keys();

        us.Engine.Close();

        await openssl.Ended();
    }

    [Fact]
    public async Task A_client_with_an_RSA_certificate_is_taken()
    {
        using var rsa = new OpenSslIdentity(rsa: true);
        var us = new DtlsEnd(_pool);
        Plug(us, remote: null);
        us.Engine.Start(DtlsRole.Server, DtlsEnd.Parse(rsa.Fingerprint));

        await using var openssl = OpenSslPeer.Connect(Port, rsa, CmName);

        AssertKeys(await us.Connected(), Cm, await openssl.Keys(), DtlsRole.Server);
    }

    [Fact]
    public async Task A_server_with_an_RSA_certificate_is_taken()
    {
        using var rsa = new OpenSslIdentity(rsa: true);
        var port = OpenSslPeer.FreePort();
        await using var openssl = await OpenSslPeer.Serve(port, rsa, CmName);
        var us = new DtlsEnd(_pool);
        Plug(us, new IPEndPoint(IPAddress.Loopback, port));

        us.Engine.Start(DtlsRole.Client, DtlsEnd.Parse(rsa.Fingerprint));

        AssertKeys(await us.Connected(), Cm, await openssl.Keys(), DtlsRole.Client);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused()
    {
        var us = new DtlsEnd(_pool);
        Plug(us, remote: null);
        us.Engine.Start(DtlsRole.Server, DtlsEnd.Parse(_identity.Fingerprint));

        await using var openssl = OpenSslPeer.Connect(Port, identity: null, GcmName);

        Assert.Equal(
            (DtlsCloseReason.FingerprintMismatch, "The peer sent no certificate."), await us.Closed());
    }

    [Fact]
    public async Task A_client_without_extended_master_secret_is_refused()
    {
        var configuration = _identity.Write("openssl.cnf", """
            openssl_conf = openssl_init
            [openssl_init]
            ssl_conf = ssl
            [ssl]
            system_default = tls
            [tls]
            Options = -ExtendedMasterSecret
            """);
        var us = new DtlsEnd(_pool);
        Plug(us, remote: null);
        us.Engine.Start(DtlsRole.Server, DtlsEnd.Parse(_identity.Fingerprint));

        await using var openssl =
            OpenSslPeer.Connect(Port, _identity, GcmName, ("OPENSSL_CONF", configuration));

        var (reason, detail) = await us.Closed();
        Assert.Equal(DtlsCloseReason.HandshakeFailed, reason);
        Assert.StartsWith("handshake_failure(40); Extended Master Secret", detail, StringComparison.Ordinal);
    }

    private static void AssertKeys(SrtpKeys keys, SrtpProfile profile, byte[] exported, DtlsRole ourRole)
    {
        byte[] client = ourRole == DtlsRole.Client ? keys.LocalKey : keys.RemoteKey;
        byte[] server = ourRole == DtlsRole.Client ? keys.RemoteKey : keys.LocalKey;
        byte[] clientSalt = ourRole == DtlsRole.Client ? keys.LocalSalt : keys.RemoteSalt;
        byte[] serverSalt = ourRole == DtlsRole.Client ? keys.RemoteSalt : keys.LocalSalt;
        Assert.Equal(profile, keys.Profile);
        byte[] ours = [.. client, .. server, .. clientSalt, .. serverSalt];
        Assert.Equal(exported[..ours.Length], ours);
    }

    /// <summary>Joins an end to the socket; the peer is the one given, else whoever sends first.</summary>
    private void Plug(DtlsEnd us, IPEndPoint? remote)
    {
        us.Wire = datagram => _socket.Send(datagram, remote!);
        _ = Receive(TestContext.Current.CancellationToken);

        async Task Receive(CancellationToken cancellation)
        {
            try
            {
                while (true)
                {
                    var received = await _socket.ReceiveAsync(cancellation);
                    remote ??= received.RemoteEndPoint;
                    us.Engine.Feed(received.Buffer);
                }
            }
            catch (Exception ended) when (ended is ObjectDisposedException or OperationCanceledException
                or SocketException)
            {
                // The test is over, or the process at the other end is.
            }
        }
    }
}
