using System.Net;
using System.Net.WebSockets;

namespace GoTo.Api;

/// <summary>Opens a WebSocket; tests put a network of their own in its place.</summary>
/// <param name="address">Where to, perhaps with a token in it.</param>
/// <param name="credentials">What is shown and what is trusted.</param>
/// <param name="options">Pings and limits.</param>
/// <param name="cancellation">Gives up.</param>
/// <exception cref="EventSocketException">It could not be opened.</exception>
internal delegate Task<WebSocket> SocketConnector(
    Uri address, SocketCredentials credentials, EventStreamOptions options, CancellationToken cancellation);

/// <summary>Who we are and whom we trust when a WebSocket is opened.</summary>
/// <param name="Bearer">The token for the Authorization header, or null.</param>
/// <param name="Certificate">The fingerprint of the certificate to trust; null leaves it to the machine.</param>
internal readonly record struct SocketCredentials(string? Bearer = null, string? Certificate = null);

/// <summary>WebSockets over the network (specification section 6.4; RFC 6455).</summary>
internal static class NetworkSocket
{
    public static async Task<WebSocket> Connect(
        Uri address, SocketCredentials credentials, EventStreamOptions options, CancellationToken cancellation)
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = options.PingInterval;
        socket.Options.KeepAliveTimeout = options.PongTimeout;
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.RemoteCertificateValidationCallback = CertificateTrust.In(credentials.Certificate);
        if (credentials.Bearer is { } bearer)
            socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.ConnectTimeout);
        try
        {
            await socket.ConnectAsync(address, limit.Token);
            return socket;
        }
        catch (WebSocketException) when (socket.HttpStatusCode is not (0 or HttpStatusCode.SwitchingProtocols))
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            // The failure's own text is dropped: it may quote the address, which may hold the token.
            throw new EventSocketException($"the event WebSocket was refused with HTTP {(int)status}", status);
        }
        catch (WebSocketException)
        {
            socket.Dispose();
            throw new EventSocketException($"the event WebSocket at {address.Host}:{address.Port} cannot be reached");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            socket.Dispose();
            throw new EventSocketException(
                $"the event WebSocket at {address.Host}:{address.Port} did not open in time");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The event WebSocket could not be opened.</summary>
internal sealed class EventSocketException(string message, HttpStatusCode? status = null) : Exception(message)
{
    public HttpStatusCode? Status { get; } = status;
}
