using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using Microsoft.IdentityModel.Tokens;

namespace GoTo.Simulator.Rooms;

/// <summary>Who joins, and how: over <c>/rtc</c> with two peer connections, or over <c>/rtc/v1</c> with one.</summary>
internal sealed record JoinParameters(VerifiedToken Token, JoinRequest Request, bool TwoConnections)
{
    private const int LongestJoin = 256 * 1024;

    public string Room => Token.Token.Video!.Room!;

    public string Identity => Token.Token.Identity!;

    /// <summary>Reads <c>join_request</c> of <c>/rtc/v1</c>: base64url of a WrappedJoinRequest; null if it is none.</summary>
    public static JoinRequest? ReadJoinRequest(string parameter)
    {
        try
        {
            var wrapped = WrappedJoinRequest.Parser.ParseFrom(Base64UrlEncoder.DecodeBytes(parameter.TrimEnd('=')));
            if (wrapped.Compression == WrappedJoinRequest.Types.Compression.None)
                return JoinRequest.Parser.ParseFrom(wrapped.JoinRequest);
            using var zipped = new MemoryStream(wrapped.JoinRequest.ToByteArray());
            using var gzip = new GZipStream(zipped, CompressionMode.Decompress);
            var plain = new byte[LongestJoin];
            var length = gzip.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false);
            return JoinRequest.Parser.ParseFrom(plain, 0, length);
        }
        catch (Exception e) when (e is FormatException or InvalidProtocolBufferException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Reads the parameters of <c>/rtc</c>.</summary>
    public static JoinRequest ReadQuery(IQueryCollection query)
    {
        var request = new JoinRequest
        {
            ClientInfo = new ClientInfo
            {
                Sdk = Enum.TryParse<ClientInfo.Types.SDK>(query["sdk"], ignoreCase: true, out var sdk) ? sdk : default,
                Version = query["version"].ToString(),
                Protocol = Number(query["protocol"]),
                ClientProtocol = Number(query["client_protocol"]),
                Os = query["os"].ToString(),
                Browser = query["browser"].ToString(),
            },
            ConnectionSettings = new ConnectionSettings
            {
                // Unlike in a join request, subscribing to all is the default here.
                AutoSubscribe = Flag(query["auto_subscribe"], unlessGiven: true),
                AdaptiveStream = Flag(query["adaptive_stream"]),
            },
            Reconnect = Flag(query["reconnect"]),
            ReconnectReason = (ReconnectReason)Number(query["reconnect_reason"]),
            ParticipantSid = query["sid"].ToString(),
        };
        request.ParticipantAttributes.Add(Attributes(query["attributes"].ToString()));
        return request;
    }

    private static Dictionary<string, string> Attributes(string parameter)
    {
        try
        {
            var json = Encoding.UTF8.GetString(Base64UrlEncoder.DecodeBytes(parameter.TrimEnd('=')));
            return json.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(json) ?? [];
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return [];
        }
    }

    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static bool Flag(string? text, bool unlessGiven = false) =>
        string.IsNullOrEmpty(text) ? unlessGiven : text is "1" or "true";
}
