using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Xunit;

namespace GoTo.WebRtc.Tests;

public sealed class G711Tests
{
    public static TheoryData<string, int, int> Values { get; } = new()
    {
        { "PCMU", 0xFF, 0 }, { "PCMU", 0x7F, 0 }, { "PCMU", 0x00, -32124 }, { "PCMU", 0x80, 32124 },
        { "PCMU", 0xF2, 104 }, { "PCMA", 0xD5, 8 }, { "PCMA", 0x55, -8 }, { "PCMA", 0x00, -5504 },
        { "PCMA", 0x80, 5504 }, { "PCMA", 0x2A, -32256 }, { "PCMA", 0xAA, 32256 },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Known_values_decode(string codec, int code, int sample)
    {
        var samples = new short[1];
        G711.Decode(Codec(codec), [(byte)code], samples);
        Assert.Equal(sample, samples[0]);
    }

    // SHA-256 of what another implementation (Python's audioop) makes of every code and of every sample.
    [Theory]
    [InlineData("PCMU", "3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827",
        "81d633c9e6972a18c74a58720b96cb8ca0bdd096d4060b646dd708c3b846019a")]
    [InlineData("PCMA", "e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174",
        "38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b")]
    public void Every_code_and_every_sample_is_as_elsewhere(string codec, string decodedHash, string encodedHash)
    {
        var codes = Enumerable.Range(0, 256).Select(code => (byte)code).ToArray();
        var decoded = new short[256];
        G711.Decode(Codec(codec), codes, decoded);
        Assert.Equal(decodedHash, Hash(MemoryMarshal.AsBytes(decoded.AsSpan())));
        var samples = Enumerable.Range(short.MinValue, 65_536).Select(sample => (short)sample).ToArray();
        var encoded = new byte[samples.Length];
        G711.Encode(Codec(codec), samples, encoded);
        Assert.Equal(encodedHash, Hash(encoded));
    }

    [Theory]
    [InlineData("PCMU")]
    [InlineData("PCMA")]
    public void What_is_decoded_encodes_to_the_same_code(string codec)
    {
        // The mu-law has two zeros; 0x7F is the negative one.
        var codes = Enumerable.Range(0, 256).Select(code => (byte)code).Where(code => code != 0x7F).ToArray();
        var samples = new short[codes.Length];
        G711.Decode(Codec(codec), codes, samples);
        var again = new byte[codes.Length];
        G711.Encode(Codec(codec), samples, again);
        Assert.Equal(codes, again);
    }

    [Fact]
    public void Other_codecs_and_too_little_room_are_refused()
    {
        Assert.Throws<ArgumentException>(() => G711.Decode(AudioCodec.Opus, [0], new short[1]));
        Assert.Throws<ArgumentException>(() => G711.Decode(AudioCodec.Pcmu, [0, 0], new short[1]));
        Assert.Throws<ArgumentException>(() => G711.Encode(AudioCodec.Pcma, new short[2], new byte[1]));
    }

    private static AudioCodec Codec(string name) => name == "PCMU" ? AudioCodec.Pcmu : AudioCodec.Pcma;

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
