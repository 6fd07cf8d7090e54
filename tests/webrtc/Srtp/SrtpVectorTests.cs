using System.Text;
using GoTo.WebRtc.Hmac;
using GoTo.WebRtc.Srtp;
using Xunit;

namespace GoTo.WebRtc.Tests.Srtp;

/// <summary>The published vectors, by both implementations of the ciphers.</summary>
public sealed class SrtpVectorTests
{
    private const string GcmKey = "000102030405060708090a0b0c0d0e0f";
    private const string GcmSalt = "517569642070726f2071756f";
    private const string Rtp =
        "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
    private const string Srtp =
        "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833"
        + "899d7f27beb16a9152cf765ee4390cce";
    private const string Rtcp =
        "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
    private const string Srtcp =
        "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b"
        + "c84aa45896cf4d2fc5abf87245d9eade";

    public static TheoryData<bool> Implementations => [true, false];

    [Theory]
    [InlineData(0, "c61e7a93744f39ee10734afe3ff7a087")]
    [InlineData(1, "cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbcee049646c43d9327ad175578ef722709863"
        + "71c10c9a369ac2f94a8c5fbcdddc256d6e919a48b610ef17c2041e4740")]
    [InlineData(2, "30cbbc08863d8c85d49db34a9ae1")]
    public void Session_keys_are_those_of_RFC_3711_B_3(byte label, string expected)
    {
        var key = new byte[expected.Length / 2];

        SrtpKeyDerivation.Derive(
            Hex("e1f97a0d3e018be0d64fa32c06de4139"), Hex("0ec675ad498afeebb6960b3aabe6"), label, key);

        Assert.Equal(expected, Text(key));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void Counter_mode_gives_the_key_stream_of_RFC_3711_B_2(bool intrinsics)
    {
        using var counter = Primitives(intrinsics).CreateCounter(Hex("2b7e151628aed2a6abf7158809cf4f3c"));
        var stream = new byte[0xff02 * 16];

        counter.Transform(Hex("f0f1f2f3f4f5f6f7f8f9fafbfcfd0000"), stream);

        Assert.Equal(
            "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0",
            Text(stream.AsSpan(0, 48)));
        Assert.Equal(
            "ec8cdf7398607cb0f2d21675ea9ea1e4362b7c3c6773516318a077d7fc5073ae6a2cc3787889374fbeb4c81b17ba6c44",
            Text(stream.AsSpan(0xfeff * 16)));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void A_packet_in_counter_mode_is_the_one_of_libsrtp(bool intrinsics)
    {
        using var session = new SrtpSession(
            new SrtpKeys(
                SrtpProfile.Aes128CmSha1_80,
                Hex("e1f97a0d3e018be0d64fa32c06de4139"),
                Hex("0ec675ad498afeebb6960b3aabe6"),
                new byte[16],
                new byte[14]),
            Primitives(intrinsics));
        var buffer = new byte[64];
        Hex("800f1234decafbadcafebabeabababababababababababababababab").CopyTo(buffer, 0);

        var length = session.ProtectRtp(buffer, 28);

        Assert.Equal(
            "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb",
            Text(buffer.AsSpan(0, length)));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void An_RTP_packet_is_sealed_and_opened_as_in_RFC_7714_16_1(bool intrinsics)
    {
        using var cipher = new AeadSrtpCipher(Hex(GcmKey), Hex(GcmSalt), Primitives(intrinsics));
        var id = SrtpPacketId.Rtp(0x5501a0b2, 0xf17b);
        var packet = Hex(Rtp);
        var tag = new byte[16];

        cipher.Seal(packet, 12, tag, id);

        Assert.Equal(Srtp, Text(packet) + Text(tag));
        Assert.True(cipher.Open(packet, 12, tag, id));
        Assert.Equal(Rtp, Text(packet));
    }

    [Theory]
    [MemberData(nameof(Implementations))]
    public void An_RTCP_packet_is_sealed_and_opened_as_in_RFC_7714_17_1(bool intrinsics)
    {
        using var cipher = new AeadSrtpCipher(Hex(GcmKey), Hex(GcmSalt), Primitives(intrinsics));
        var id = SrtpPacketId.Rtcp(0x4d617273, 0x800005d4);
        var packet = Hex(Rtcp);
        var tag = new byte[16];

        cipher.Seal(packet, 8, tag, id);

        Assert.Equal(Srtcp, Text(packet) + Text(tag));
        Assert.True(cipher.Open(packet, 8, tag, id));
        Assert.Equal(Rtcp, Text(packet));
    }

    public static TheoryData<bool, string, string, string> Rfc2202
    {
        get
        {
            var rows = new TheoryData<bool, string, string, string>();
            foreach (var intrinsics in new[] { true, false })
            {
                rows.Add(intrinsics, Repeat("0b", 20), Ascii("Hi There"), "b617318655057264e28bc0b6fb378c8ef146be00");
                rows.Add(
                    intrinsics,
                    Ascii("Jefe"),
                    Ascii("what do ya want for nothing?"),
                    "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
                rows.Add(
                    intrinsics, Repeat("aa", 20), Repeat("dd", 50), "125d7342b9ac11cd91a39af48aa17b4f63f175d3");
                rows.Add(
                    intrinsics,
                    "0102030405060708090a0b0c0d0e0f10111213141516171819",
                    Repeat("cd", 50),
                    "4c9007f4026250c6bc8414f9bf50c86c2d7235da");
                rows.Add(
                    intrinsics,
                    Repeat("0c", 20),
                    Ascii("Test With Truncation"),
                    "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04");
                rows.Add(
                    intrinsics,
                    Repeat("aa", 80),
                    Ascii("Test Using Larger Than Block-Size Key - Hash Key First"),
                    "aa4ae5e15272d00e95705637ce8a3b55ed402112");
                rows.Add(
                    intrinsics,
                    Repeat("aa", 80),
                    Ascii("Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data"),
                    "e8e99d0f45237d786d6bbaa7965c7808bbff1a91");
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rfc2202))]
    public void HMAC_SHA1_is_that_of_RFC_2202(bool intrinsics, string key, string data, string expected)
    {
        using var hmac = Primitives(intrinsics).CreateHmac(Hex(key));
        var mac = new byte[HmacSha1.Length];
        var split = Math.Max(0, (data.Length / 2) - 4);
        var bytes = Hex(data);

        hmac.Compute(bytes, [], mac);
        Assert.Equal(expected, Text(mac));
        hmac.Compute(bytes.AsSpan(0, split), bytes.AsSpan(split), mac);
        Assert.Equal(expected, Text(mac));
    }

    internal static SrtpPrimitives Primitives(bool intrinsics)
    {
        Assert.True(!intrinsics || SrtpPrimitives.IntrinsicsSupported, "This processor lacks AES-NI or PCLMULQDQ.");
        return intrinsics ? SrtpPrimitives.Intrinsics : SrtpPrimitives.Platform;
    }

    private static string Repeat(string hex, int times) => string.Concat(Enumerable.Repeat(hex, times));

    private static string Ascii(string text) => Text(Encoding.ASCII.GetBytes(text));

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
