using System.Net;
using System.Text;
using GoTo.WebRtc.Stun;
using Xunit;

namespace GoTo.WebRtc.Tests.Stun;

/// <summary>The test vectors of RFC 5769 section 2.</summary>
public sealed class Rfc5769Tests
{
    private const string Request = "000100582112a442b7e7a701bc34d686fa87dfae"
        + "802200105354554e207465737420636c69656e74" + "002400046e0001ff" + "80290008932ff9b151263b36"
        + "000600096576746a3a68367659202020" + "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2" + "80280004e57a3bcf";

    private const string ResponseIPv4 = "0101003c2112a442b7e7a701bc34d686fa87dfae" + "8022000b7465737420766563746f7220"
        + "002000080001a147e112a643" + "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7" + "80280004c07d4c96";

    private const string ResponseIPv6 = "010100482112a442b7e7a701bc34d686fa87dfae" + "8022000b7465737420766563746f7220"
        + "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9" + "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
        + "80280004c8fb0b4c";

    private const string LongTermRequest = "000100602112a44278ad3433c6ad72c029da412e"
        + "00060012e3839ee38388e383aae38383e382afe382b90000"
        + "0015001c662f2f3439396b39353464364f4c33346f4c39465354767936347341" + "0014000b6578616d706c652e6f726700"
        + "00080014f67024656dd64a3e02b8e0712e85c9a28ca89666";

    private static readonly StunKey Password = new("VOkJxbRl1RmTxUk/WvJxBt"u8);
    private static readonly byte[] TransactionId = Convert.FromHexString("b7e7a701bc34d686fa87dfae");

    [Fact]
    public void The_sample_request_is_read_and_verified()
    {
        Assert.True(StunMessage.TryParse(Convert.FromHexString(Request), out var message));

        Assert.Equal(StunClass.Request, message.Class);
        Assert.Equal(StunProtocol.BindingMethod, message.Method);
        Assert.Equal(TransactionId, message.TransactionId.ToArray());
        Assert.Equal("evtj:h6vY", Encoding.UTF8.GetString(message.Username));
        Assert.Equal("evtj", Encoding.UTF8.GetString(message.ReceiverUfrag));
        Assert.Equal(0x6E0001FFu, message.Priority);
        Assert.Equal(0x932FF9B151263B36ul, message.IceControlled);
        Assert.Null(message.IceControlling);
        Assert.False(message.UseCandidate);
        Assert.Equal(0, message.UnknownRequiredCount);
        Assert.True(message.CheckIntegrity(Password));
        Assert.True(message.CheckFingerprint());
    }

    [Theory]
    [InlineData(ResponseIPv4, "192.0.2.1")]
    [InlineData(ResponseIPv6, "2001:db8:1234:5678:11:2233:4455:6677")]
    public void The_sample_responses_are_read_and_verified(string response, string address)
    {
        Assert.True(StunMessage.TryParse(Convert.FromHexString(response), out var message));

        Assert.Equal(StunClass.Success, message.Class);
        Assert.Equal(StunProtocol.BindingMethod, message.Method);
        Assert.Equal(TransactionId, message.TransactionId.ToArray());
        Assert.True(message.TryGetXorMappedAddress(out var mapped));
        Assert.Equal(TransportAddress.From(IPAddress.Parse(address), 32853), mapped);
        Assert.True(message.CheckIntegrity(Password));
        Assert.True(message.CheckFingerprint());
    }

    [Fact]
    public void The_long_term_request_is_verified_with_the_digest_of_its_credentials()
    {
        Assert.True(StunMessage.TryParse(Convert.FromHexString(LongTermRequest), out var message));

        // MD5 of "マトリックス:example.org:TheMatrIX".
        Assert.True(message.CheckIntegrity(new StunKey(Convert.FromHexString("e8ca7ad59d5eb0518e312911d2dab2a9"))));
        Assert.False(message.HasFingerprint);
        Assert.False(message.CheckFingerprint());
        Assert.Equal(0, message.UnknownRequiredCount);
    }

    [Theory]
    [InlineData(Request)]
    [InlineData(ResponseIPv4)]
    [InlineData(ResponseIPv6)]
    public void Another_password_does_not_verify(string vector)
    {
        Assert.True(StunMessage.TryParse(Convert.FromHexString(vector), out var message));
        Assert.False(message.CheckIntegrity(new StunKey("VOkJxbRl1RmTxUk/WvJxBu"u8)));
    }

    [Theory]
    [InlineData(Request)]
    [InlineData(ResponseIPv4)]
    [InlineData(ResponseIPv6)]
    public void Every_changed_bit_breaks_the_message_its_integrity_or_its_fingerprint(string vector)
    {
        var original = Convert.FromHexString(vector);
        for (var bit = 0; bit < original.Length * 8; bit++)
        {
            var changed = (byte[])original.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            var verified = StunMessage.TryParse(changed, out var message) && message.CheckIntegrity(Password)
                && message.CheckFingerprint();
            Assert.False(verified, $"bit {bit}");
        }
    }
}
