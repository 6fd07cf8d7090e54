using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text.Json;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;
using Microsoft.IdentityModel.Tokens;

namespace GoTo.LiveKit;

/// <summary>
/// Opens the signalling socket: of <c>/rtc/v1</c>, or of <c>/rtc</c>, which servers have that know of two peer
/// connections only. The token travels in the Authorization header, so in no URL or log.
/// </summary>
internal static class SignalConnector
{
    private const int LongestRefusal = 500;

    private static readonly HttpMessageInvoker Http = Trusting(null);

    /// <summary>Connects and sends the join request with the upgrade.</summary>
    /// <param name="server">The server's base address.</param>
    /// <param name="trust">What is asked about its certificate; null leaves it to the machine.</param>
    /// <param name="token">The access token.</param>
    /// <param name="join">What is asked. Over <c>/rtc</c> tracks and offer do not go with it.</param>
    /// <param name="twoConnections">Over <c>/rtc</c>.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="RoomJoinException">The server refused or cannot be reached.</exception>
    public static async Task<SignalSocket> Connect(
        Uri server, RemoteCertificateValidationCallback? trust, string token, JoinRequest join, bool twoConnections,
        CancellationToken stop)
    {
        var uri = twoConnections ? AddressOfTwo(server, join) : AddressOf(server, join);
        var socket = new ClientWebSocket();
        var refusal = new Refusal();
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            socket.Options.KeepAliveInterval = TimeSpan.Zero;
            RefusalHandler.Current.Value = refusal;
            // One that is trusted for itself alone shares its connections with nobody; the socket keeps its own to its end.
            using var own = trust is null ? null : Trusting(trust);
            await socket.ConnectAsync(uri, own ?? Http, stop).ConfigureAwait(false);
            return new SignalSocket(socket, SignalResponse.Parser);
        }
        catch (WebSocketException e)
        {
            socket.Dispose();
            throw Failure(server, refusal, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        finally
        {
            RefusalHandler.Current.Value = null;
        }
    }

    private static HttpMessageInvoker Trusting(RemoteCertificateValidationCallback? trust) =>
        new(new RefusalHandler(new SocketsHttpHandler
        {
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = { RemoteCertificateValidationCallback = trust },
        }));

    internal static Uri AddressOf(Uri server, JoinRequest join)
    {
        var wrapped = new WrappedJoinRequest { JoinRequest = join.ToByteString() };
        var parameter = Base64UrlEncoder.Encode(wrapped.ToByteArray());
        // The server reads padded base64url.
        parameter = parameter.PadRight((parameter.Length + 3) / 4 * 4, '=');
        return new Uri(LiveKitOptions.SocketBaseOf(server), $"rtc/v1?join_request={Uri.EscapeDataString(parameter)}");
    }

    internal static Uri AddressOfTwo(Uri server, JoinRequest join)
    {
        var query = new List<string>
        {
            $"protocol={join.ClientInfo.Protocol}",
            $"auto_subscribe={(join.ConnectionSettings.AutoSubscribe ? 1 : 0)}",
            $"version={Uri.EscapeDataString(join.ClientInfo.Version)}",
        };
        // A kind of client that the server does not know is left out: it then assumes nothing.
        if (join.ClientInfo.Sdk != ClientInfo.Types.SDK.Unknown)
            query.Add($"sdk={join.ClientInfo.Sdk.ToString().ToLowerInvariant()}");
        if (join.ParticipantAttributes.Count > 0)
            query.Add($"attributes={Base64UrlEncoder.Encode(JsonSerializer.Serialize(join.ParticipantAttributes.ToDictionary()))}");
        if (join.Reconnect)
            query.Add($"reconnect=1&reconnect_reason={(int)join.ReconnectReason}&sid={Uri.EscapeDataString(join.ParticipantSid)}");
        return new Uri(LiveKitOptions.SocketBaseOf(server), $"rtc?{string.Join('&', query)}");
    }

    private static RoomJoinException Failure(Uri server, Refusal refusal, WebSocketException cause)
    {
        var place = $"{server.Scheme}://{server.Authority}";
        if (refusal.Status is not { } status)
            return new RoomJoinException(
                RoomJoinStep.Connect, $"The LiveKit server at {place} cannot be reached: check its address.", cause);
        var advice = status switch
        {
            HttpStatusCode.Unauthorized => "check the API key, its secret, the clock, and the roomJoin grant",
            HttpStatusCode.NotFound => "the room does not exist and is not created by joining, or this is no LiveKit server",
            HttpStatusCode.BadRequest => "correct the token's room and identity",
            HttpStatusCode.ServiceUnavailable => "the server is at its limit, try again later",
            _ => "see the server's log",
        };
        return new RoomJoinException(
            RoomJoinStep.Refused,
            $"The LiveKit server at {place} refused the join with HTTP {(int)status} \"{refusal.Text}\": {advice}.")
        {
            Status = status,
            ServerText = refusal.Text,
        };
    }

    private sealed class Refusal
    {
        public HttpStatusCode? Status { get; set; }

        public string Text { get; set; } = "";
    }

    /// <summary>ClientWebSocket hides the body of a refused upgrade, which says why; this keeps it.</summary>
    private sealed class RefusalHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        public static readonly AsyncLocal<Refusal?> Current = new();

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var refusal = Current.Value;
            var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.SwitchingProtocols && refusal is not null)
            {
                refusal.Status = response.StatusCode;
                refusal.Text = await ReadStart(response.Content, cancellationToken).ConfigureAwait(false);
            }
            return response;
        }

        private static async Task<string> ReadStart(HttpContent content, CancellationToken stop)
        {
            var bytes = new byte[LongestRefusal];
            var body = await content.ReadAsStreamAsync(stop).ConfigureAwait(false);
            await using var _ = body.ConfigureAwait(false);
            var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, stop)
                .ConfigureAwait(false);
            return System.Text.Encoding.UTF8.GetString(bytes, 0, length).Trim();
        }
    }
}
