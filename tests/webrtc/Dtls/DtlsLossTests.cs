using GoTo.WebRtc.Dtls;
using Xunit;

namespace GoTo.WebRtc.Tests.Dtls;

/// <summary>
/// Handshakes over a wire that loses, copies and reorders as a seed says. The losses can be replayed, the times cannot:
/// BouncyCastle repeats its flights by the wall clock.
/// </summary>
public sealed class DtlsLossTests : IDisposable
{
    private const int Seeds = 60;

    private readonly HandshakePool _pool = new(2 * Seeds);

    public void Dispose() => _pool.Dispose();

    [Fact]
    public async Task Every_handshake_is_done_or_has_failed_in_time()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, Seeds).Select(Run));

        // The repetitions at 0.3, 0.9, 2.1 and 4.5 s see nearly all through, even at 30 %.
        Assert.InRange(outcomes.Count(connected => connected), Seeds * 9 / 10, Seeds);
    }

    private async Task<bool> Run(int seed)
    {
        var loss = new Random(seed).NextDouble() * 0.3;
        var client = new DtlsEnd(_pool);
        var server = new DtlsEnd(_pool);
        client.Wire = new BadWire(seed * 2, loss, datagram => server.Engine.Feed(datagram)).Send;
        server.Wire = new BadWire((seed * 2) + 1, loss, datagram => client.Engine.Feed(datagram)).Send;
        server.Start(DtlsRole.Server, client);
        client.Start(DtlsRole.Client, server);
        try
        {
            var keys = await client.Connected();
            Assert.Equal(keys.LocalKey, (await server.Connected()).RemoteKey);
            return true;
        }
        catch (InvalidOperationException)
        {
            // The limit of a handshake is 10 s; both ends know then. A client that was done hears of the end.
            Assert.True(client.Closures + server.Closures > 0, $"seed {seed}: neither connected nor closed");
            return false;
        }
        catch (TimeoutException late)
        {
            throw new InvalidOperationException($"seed {seed}, loss {loss:P0}: neither connected nor failed", late);
        }
        finally
        {
            client.Engine.Close();
            server.Engine.Close();
        }
    }

    /// <summary>One direction. A datagram that is held back goes out after the next one.</summary>
    private sealed class BadWire(int seed, double loss, Action<byte[]> deliver)
    {
        private readonly Random _random = new(seed);
        private readonly Lock _gate = new();
        private byte[]? _heldBack;

        public void Send(byte[] datagram)
        {
            lock (_gate)
            {
                if (_random.NextDouble() < loss) return;
                if (_heldBack is null && _random.NextDouble() < 0.1)
                {
                    _heldBack = datagram;
                    return;
                }

                deliver(datagram);
                if (_random.NextDouble() < 0.1) deliver(datagram);
                if (_heldBack is { } late) deliver(late);
                _heldBack = null;
            }
        }
    }
}
