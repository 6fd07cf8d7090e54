using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoTo.LiveKit;

/// <summary>The JSON inside a TrickleRequest (RTCIceCandidateInit of W3C WebRTC).</summary>
public static partial class TrickleCandidate
{
    /// <summary>Writes a candidate of the bundle's first m-line.</summary>
    /// <param name="candidate">The <c>candidate:…</c> attribute; empty for the end of candidates.</param>
    public static string Write(string candidate) =>
        JsonSerializer.Serialize(new Init(candidate, "0", 0), Json.Default.Init);

    /// <summary>Reads the candidate attribute; null when the JSON is not what it should be.</summary>
    /// <param name="json">The JSON.</param>
    public static string? Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Json.Default.Init)?.Candidate;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private sealed record Init(
        [property: JsonPropertyName("candidate")] string? Candidate,
        [property: JsonPropertyName("sdpMid")] string? SdpMid,
        [property: JsonPropertyName("sdpMLineIndex")] int? SdpMLineIndex);

    [JsonSerializable(typeof(Init))]
    private sealed partial class Json : JsonSerializerContext;
}
