using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace GoTo.Api.Tests;

/// <summary>The event WebSocket against a server that misbehaves below the level of messages.</summary>
public sealed class EventSocketTests
{
    private static readonly EventStreamOptions Impatient = new()
    {
        PingInterval = TimeSpan.FromMilliseconds(100),
        PongTimeout = TimeSpan.FromMilliseconds(200),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    };

    [Fact]
    public async Task A_server_that_no_longer_answers_pings_counts_as_gone()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Accept(listener);
        using var socket = await EventSocket.Open(NetworkSocket.Connect,
            Address(listener), default, Impatient, Given.Cancellation);
        using var silent = await serving;

        var end = await socket.Read(_ => ValueTask.CompletedTask, _ => ValueTask.CompletedTask)
            .WaitAsync(TimeSpan.FromSeconds(20), Given.Cancellation);

        Assert.Equal(new SocketEnd(null, "the event WebSocket broke"), end);
    }

    [Fact]
    public async Task A_message_in_fragments_is_one_message()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Accept(listener);
        using var socket = await EventSocket.Open(NetworkSocket.Connect,
            Address(listener), default, new EventStreamOptions(), Given.Cancellation);
        using var server = await serving;
        var messages = new List<string>();

        // Frames of RFC 6455 section 5.2: text without FIN, continuation without FIN, ping, continuation with FIN,
        // close.
        byte[] frames =
        [
            0x01, 2, (byte)'o', (byte)'n', 0x00, 1, (byte)'e', 0x89, 0, 0x80, 1, (byte)'!', 0x88, 2, 0x03, 0xE8,
        ];
        await server.GetStream().WriteAsync(frames, Given.Cancellation);
        var end = await socket
            .Read(
                message =>
                {
                    messages.Add(Encoding.UTF8.GetString(message.Span));
                    return ValueTask.CompletedTask;
                },
                _ => ValueTask.CompletedTask)
            .WaitAsync(TimeSpan.FromSeconds(20), Given.Cancellation);

        Assert.Equal(["one!"], messages);
        Assert.Equal(1000, end.CloseCode);
    }

    [Fact]
    public async Task A_server_that_is_no_WebSocket_server_is_told_apart_without_its_address()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = AcceptAndSay(listener, "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n");
        var address = new UriBuilder(Address(listener)) { Query = "token=the-secret" }.Uri;

        var refused = await Assert.ThrowsAsync<EventSocketException>(
            () => EventSocket.Open(NetworkSocket.Connect, address, new SocketCredentials("the-secret"), Impatient, Given.Cancellation));

        (await serving).Dispose();
        Assert.Equal(HttpStatusCode.Gone, refused.Status);
        Assert.DoesNotContain("the-secret", refused.ToString(), StringComparison.Ordinal);
    }

    private static Uri Address(TcpListener listener) => new($"ws://{listener.LocalEndpoint}/events");

    private static async Task<TcpClient> AcceptAndSay(TcpListener listener, string reply)
    {
        var client = await listener.AcceptTcpClientAsync(Given.Cancellation);
        await ReadRequest(client);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(reply), Given.Cancellation);
        return client;
    }

    private static async Task<TcpClient> Accept(TcpListener listener)
    {
        var client = await listener.AcceptTcpClientAsync(Given.Cancellation);
        var key = (await ReadRequest(client)).Split("\r\n")
            .First(line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))
            .Split(':', 2)[1].Trim();
        // SHA-1 is what RFC 6455 section 1.3 asks for.
#pragma warning disable CA5350
        var accept = Convert.ToBase64String(
            SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Accept: {accept}\r\n\r\n"),
            Given.Cancellation);
        return client;
    }

    private static async Task<string> ReadRequest(TcpClient client)
    {
        var request = new StringBuilder();
        var buffer = new byte[1024];
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await client.GetStream().ReadAsync(buffer, Given.Cancellation);
            Assert.NotEqual(0, count);
            request.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return request.ToString();
    }
}
