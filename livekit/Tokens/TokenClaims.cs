using System.Buffers;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>An access token's claims as JSON, both ways (livekit/protocol auth/accesstoken.go, grants.go).</summary>
internal static class TokenClaims
{
    private static readonly JsonParser RoomConfigParser =
        new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private static readonly string[] SourceNames =
        ["unknown", "camera", "microphone", "screen_share", "screen_share_audio"];

    public static string Write(AccessToken token, string issuer, DateTimeOffset now)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("iss", issuer);
            WriteText(json, "sub", token.Identity);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("nbf", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + token.ValidFor).ToUnixTimeSeconds());
            WriteText(json, "name", token.Name);
            WriteText(json, "metadata", token.Metadata);
            if (token.Attributes.Count > 0)
            {
                json.WriteStartObject("attributes");
                foreach (var (name, value) in token.Attributes)
                    json.WriteString(name, value);
                json.WriteEndObject();
            }
            if (token.Kind != ParticipantInfo.Types.Kind.Standard)
                json.WriteString("kind", KindName(token.Kind));
            WriteList(json, "kindDetails", token.KindDetails);
            if (token.Video is { } video)
                WriteVideo(json, video);
            if (token.Sip is { } sip)
            {
                json.WriteStartObject("sip");
                WriteFlag(json, "admin", sip.Admin);
                WriteFlag(json, "call", sip.Call);
                json.WriteEndObject();
            }
            if (token.RoomConfig is { } room)
            {
                json.WritePropertyName("roomConfig");
                json.WriteRawValue(JsonFormatter.Default.Format(room));
            }
            WriteText(json, "sha256", token.Sha256);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads claims.</summary>
    /// <exception cref="JsonException">They are not a JSON object.</exception>
    /// <exception cref="InvalidProtocolBufferException">The room configuration is malformed.</exception>
    public static VerifiedToken Read(ReadOnlyMemory<byte> claims)
    {
        using var document = JsonDocument.Parse(claims);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new JsonException("The claims are not an object.");
        var notBefore = Seconds(root, "nbf");
        var expires = Seconds(root, "exp");
        var token = new AccessToken
        {
            Identity = Text(root, "sub") is { Length: > 0 } subject ? subject : Text(root, "jti"),
            Name = Text(root, "name"),
            Metadata = Text(root, "metadata"),
            Attributes = Attributes(root),
            Kind = KindOf(Text(root, "kind")),
            KindDetails = List(root, "kindDetails"),
            Video = Child(root, "video") is { } video ? ReadVideo(video) : null,
            Sip = Child(root, "sip") is { } sip ? new SipGrant(Flag(sip, "admin"), Flag(sip, "call")) : null,
            RoomConfig = Child(root, "roomConfig") is { } room
                ? RoomConfigParser.Parse<RoomConfiguration>(room.GetRawText())
                : null,
            Sha256 = Text(root, "sha256"),
        };
        if (expires is { } end && (notBefore ?? Seconds(root, "iat")) is { } start && end > start)
            token = token with { ValidFor = end - start };
        return new VerifiedToken(Text(root, "iss") ?? "", token, notBefore, expires);
    }

    private static void WriteVideo(Utf8JsonWriter json, VideoGrant video)
    {
        json.WriteStartObject("video");
        WriteFlag(json, "roomCreate", video.RoomCreate);
        WriteFlag(json, "roomList", video.RoomList);
        WriteFlag(json, "roomRecord", video.RoomRecord);
        WriteFlag(json, "roomAdmin", video.RoomAdmin);
        WriteFlag(json, "roomJoin", video.RoomJoin);
        WriteText(json, "room", video.Room);
        WriteFlag(json, "canPublish", video.CanPublish);
        WriteFlag(json, "canSubscribe", video.CanSubscribe);
        WriteFlag(json, "canPublishData", video.CanPublishData);
        WriteList(json, "canPublishSources", [.. video.CanPublishSources.Select(source => SourceNames[(int)source])]);
        WriteFlag(json, "canUpdateOwnMetadata", video.CanUpdateOwnMetadata);
        WriteFlag(json, "ingressAdmin", video.IngressAdmin);
        WriteFlag(json, "hidden", video.Hidden);
        WriteFlag(json, "recorder", video.Recorder);
        WriteFlag(json, "agent", video.Agent);
        WriteFlag(json, "canSubscribeMetrics", video.CanSubscribeMetrics);
        WriteFlag(json, "canManageAgentSession", video.CanManageAgentSession);
        WriteText(json, "destinationRoom", video.DestinationRoom);
        json.WriteEndObject();
    }

    private static VideoGrant ReadVideo(JsonElement video) => new()
    {
        RoomCreate = Flag(video, "roomCreate"),
        RoomList = Flag(video, "roomList"),
        RoomRecord = Flag(video, "roomRecord"),
        RoomAdmin = Flag(video, "roomAdmin"),
        RoomJoin = Flag(video, "roomJoin"),
        Room = Text(video, "room"),
        CanPublish = OptionalFlag(video, "canPublish"),
        CanSubscribe = OptionalFlag(video, "canSubscribe"),
        CanPublishData = OptionalFlag(video, "canPublishData"),
        CanPublishSources = [.. List(video, "canPublishSources")
            .Select(name => Array.IndexOf(SourceNames, name.ToLowerInvariant()))
            .Where(index => index >= 0)
            .Select(index => (TrackSource)index)],
        CanUpdateOwnMetadata = OptionalFlag(video, "canUpdateOwnMetadata"),
        IngressAdmin = Flag(video, "ingressAdmin"),
        Hidden = Flag(video, "hidden"),
        Recorder = Flag(video, "recorder"),
        Agent = Flag(video, "agent"),
        CanSubscribeMetrics = OptionalFlag(video, "canSubscribeMetrics"),
        CanManageAgentSession = OptionalFlag(video, "canManageAgentSession"),
        DestinationRoom = Text(video, "destinationRoom"),
    };

    private static string KindName(ParticipantInfo.Types.Kind kind) => kind.ToString().ToLowerInvariant();

    private static ParticipantInfo.Types.Kind KindOf(string? name) =>
        name is not null && !char.IsAsciiDigit(name.FirstOrDefault('0'))
        && Enum.TryParse<ParticipantInfo.Types.Kind>(name, ignoreCase: true, out var kind)
            ? kind
            : ParticipantInfo.Types.Kind.Standard;

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            json.WriteString(name, value);
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool? value)
    {
        if (value is { } flag)
            json.WriteBoolean(name, flag);
    }

    private static void WriteFlag(Utf8JsonWriter json, string name, bool value)
    {
        if (value)
            json.WriteBoolean(name, true);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement? Child(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static bool? OptionalFlag(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : null;

    private static bool Flag(JsonElement of, string name) => OptionalFlag(of, name) ?? false;

    private static List<string> List(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.String)
                .Select(item => item.GetString()!)]
            : [];

    private static Dictionary<string, string> Attributes(JsonElement root) =>
        Child(root, "attributes") is { } attributes
            ? attributes.EnumerateObject()
                .Where(attribute => attribute.Value.ValueKind == JsonValueKind.String)
                .GroupBy(attribute => attribute.Name)
                .ToDictionary(same => same.Key, same => same.Last().Value.GetString()!)
            : [];

    private static DateTimeOffset? Seconds(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds) && Math.Abs(seconds) < 1e11
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;
}
