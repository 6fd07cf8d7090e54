using System.Net;
using System.Net.Sockets;

namespace GoTo.LiveKit.Tests;

/// <summary>A TCP proxy before a server, whose connections can be cut as a broken network cuts them.</summary>
public sealed class CuttableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _connections = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly Task _accepting;

    public CuttableProxy(Uri server)
    {
        _server = server;
        _listener.Start();
        Url = new Uri($"ws://{_listener.LocalEndpoint}");
        _accepting = Accept();
    }

    public Uri Url { get; }

    /// <summary>Whether new connections are closed at once.</summary>
    public bool Refuses { get; set; }

    public void Cut()
    {
        lock (_connections)
        {
            foreach (var connection in _connections)
                connection.Dispose();
            _connections.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        Cut();
        _stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptTcpClientAsync(_stop.Token);
                if (Refuses)
                {
                    near.Dispose();
                    continue;
                }
                var far = new TcpClient();
                await far.ConnectAsync(_server.Host, _server.Port, _stop.Token);
                lock (_connections)
                    _connections.AddRange([near, far]);
                _ = Carry(near, far);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Disposed of.
        }
    }

    private static async Task Carry(TcpClient near, TcpClient far)
    {
        using (near)
        using (far)
            await Task.WhenAll(Copy(near, far), Copy(far, near));
    }

    private static async Task Copy(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (
            e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut, here or there.
            from.Dispose();
            to.Dispose();
        }
    }
}
