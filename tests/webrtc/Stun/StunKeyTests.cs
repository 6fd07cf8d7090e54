using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using GoTo.WebRtc.Stun;
using Xunit;

namespace GoTo.WebRtc.Tests.Stun;

public sealed class StunKeyTests
{
    [Fact]
    [SuppressMessage("Security", "CA5350", Justification = "ICE (RFC 8445) prescribes HMAC-SHA1 for its checks.")]
    public void Keys_and_messages_of_any_length_have_the_platforms_hmac()
    {
        var random = new Random(1);
        for (var length = 0; length <= 260; length++)
        {
            var (key, covered) = (new byte[length], new byte[260 - length]);
            random.NextBytes(key);
            random.NextBytes(covered);
            var stunKey = new StunKey(key);

            // Twice: nothing of a message may stay behind.
            for (var time = 0; time < 2; time++)
            {
                var (sha1, sha256) = (new byte[HMACSHA1.HashSizeInBytes], new byte[HMACSHA256.HashSizeInBytes]);
                stunKey.Sha1(covered, sha1);
                stunKey.Sha256(covered, sha256);
                Assert.Equal(HMACSHA1.HashData(key, covered), sha1);
                Assert.Equal(HMACSHA256.HashData(key, covered), sha256);
            }
        }
    }

    [Fact]
    public void A_key_tells_what_it_is_made_of_by_its_bytes()
    {
        var key = new StunKey("a password of an agent"u8);

        Assert.True(key.IsOf("a password of an agent"u8));
        Assert.False(key.IsOf("a password of an agent "u8));
    }
}
