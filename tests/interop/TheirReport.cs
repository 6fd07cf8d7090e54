using System.Text.Json;
using System.Text.Json.Serialization;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>What the other stack counted, from its own getStats.</summary>
internal sealed record TheirReport
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>RTP packets that it received (inbound-rtp).</summary>
    public int Received { get; init; }

    /// <summary>RTP packets that it missed (inbound-rtp).</summary>
    public int Lost { get; init; }

    /// <summary>RTP packets that it sent (outbound-rtp).</summary>
    public int Sent { get; init; }

    /// <summary>How many of these we reported lost (remote-inbound-rtp); none without a report of ours.</summary>
    public int? LostByUs { get; init; }

    /// <summary>How loud what it heard was; the measure differs from stack to stack, silence is 0.</summary>
    public double Loudness { get; init; }

    /// <summary>The SRTP profile by the stack's name, where it tells.</summary>
    public string? Srtp { get; init; }

    /// <summary>Its DTLS role, where it tells.</summary>
    public string? DtlsRole { get; init; }

    /// <summary>Our port in the pair that carries the media, where it tells.</summary>
    public int? RemotePort { get; init; }

    /// <summary>The negotiated version of DTLS, where it tells.</summary>
    public string? DtlsVersion { get; init; }

    public static TheirReport Parse(string json) => JsonSerializer.Deserialize<TheirReport>(json, Web)
        ?? throw new JsonException("The other stack reported nothing.");

    /// <summary>Asserts that audio flowed both ways and all of it arrived.</summary>
    public void AssertFlawless(int packets)
    {
        Assert.True(Received >= packets && Sent >= packets, $"Fewer than {packets} packets each way: {this}");
        Assert.True(Lost == 0 && LostByUs == 0, $"Packets were lost: {this}");
        Assert.True(Loudness > 0, $"Nothing was to be heard: {this}");
    }
}
