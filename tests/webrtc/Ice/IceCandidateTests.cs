using GoTo.WebRtc.Ice;
using Xunit;

namespace GoTo.WebRtc.Tests.Ice;

public sealed class IceCandidateTests
{
    [Theory]
    [InlineData("candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host")]
    [InlineData("candidate:4234997325 1 udp 1694498815 198.51.100.7 61000 typ srflx raddr 10.0.0.1 rport 5000")]
    [InlineData("candidate:a+b/c 1 udp 1 2001:db8::5 1 typ relay raddr 2001:db8::1 rport 9")]
    [InlineData("candidate:0 1 udp 1862270975 192.0.2.9 65535 typ prflx raddr 0.0.0.0 rport 0")]
    public void A_candidate_is_written_as_it_was_read(string text)
    {
        Assert.Equal(IceCandidateResult.Accepted, IceCandidate.TryParse(text, out var candidate));
        Assert.Equal(text, candidate!.ToString());
        Assert.Equal(IceCandidateResult.Accepted, IceCandidate.TryParse($"a={text}\r\n", out var attribute));
        Assert.Equal(candidate, attribute);
    }

    [Fact]
    public void A_browsers_candidate_with_extensions_is_read()
    {
        Assert.Equal(IceCandidateResult.Accepted, IceCandidate.TryParse(
            "candidate:842163049 1 UDP 1677729535 203.0.113.5 46154 typ srflx raddr 10.0.0.4 rport 46154 generation 0 "
            + "ufrag EEtu network-id 3 network-cost 10", out var candidate));

        Assert.Equal(new("842163049", 1677729535, VirtualNetwork.Address("203.0.113.5:46154"),
            IceCandidateType.ServerReflexive, VirtualNetwork.Address("10.0.0.4:46154")), candidate);
    }

    [Fact]
    public void A_host_candidate_has_the_recommended_priority()
    {
        Assert.Equal("candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
            IceCandidate.Host(VirtualNetwork.Address("192.0.2.1:5000")).ToString());
        Assert.Equal("candidate:2 1 udp 2130706175 192.0.2.2 5000 typ host",
            IceCandidate.Host(VirtualNetwork.Address("192.0.2.2:5000"), 65534).ToString());
    }

    [Theory]
    [InlineData("candidate:1 1 udp 1 9b36eaac-bb2e-49bb.local 4000 typ host", IceCandidateResult.HostName)]
    [InlineData("candidate:1 1 udp 1 pbx.example.org 4000 typ host", IceCandidateResult.HostName)]
    [InlineData("candidate:1 1 udp 1 0x7f.0.0.1 4000 typ host", IceCandidateResult.HostName)]
    [InlineData("candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active", IceCandidateResult.UnsupportedTransport)]
    [InlineData("candidate:1 2 udp 1 192.0.2.1 4000 typ host", IceCandidateResult.UnsupportedComponent)]
    public void What_this_engine_does_not_use_is_told_apart_from_nonsense(string text, object result)
    {
        Assert.Equal(result, IceCandidate.TryParse(text, out var candidate));
        Assert.Null(candidate);
    }

    [Theory]
    [InlineData("")]
    [InlineData("candidate:")]
    [InlineData("1 1 udp 1 192.0.2.1 4000 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 4000")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 4000 typ")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 4000 typ guest")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 4000 type host")]
    [InlineData("candidate: 1 udp 1 192.0.2.1 4000 typ host")]
    [InlineData("candidate:1 0 udp 1 192.0.2.1 4000 typ host")]
    [InlineData("candidate:1 257 udp 1 192.0.2.1 4000 typ host")]
    [InlineData("candidate:1 1 udp -1 192.0.2.1 4000 typ host")]
    [InlineData("candidate:1 1 udp 4294967296 192.0.2.1 4000 typ host")]
    [InlineData("candidate:1 1 udp 99999999999999999999 192.0.2.1 4000 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 65536 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 0 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.256 4000 typ host")]
    [InlineData("candidate:1 1 udp 1 192.2 4000 typ host")]
    [InlineData("candidate:1 1 udp 1 3221225985 4000 typ host")]
    [InlineData("candidate:1 1 udp 1 0.0.0.0 4000 typ host")]
    [InlineData("candidate:1 1 udp 1 239.1.2.3 4000 typ host")]
    [InlineData("candidate:1 1 udp 1 [2001:db8::1] 4000 typ host")]
    [InlineData("candidate:1\t1 udp 1 192.0.2.1 4000 typ host")]
    public void Nonsense_is_malformed(string text)
    {
        Assert.Equal(IceCandidateResult.Malformed, IceCandidate.TryParse(text, out var candidate));
        Assert.Null(candidate);
    }

    [Fact]
    public void A_text_without_bound_is_malformed() => Assert.Equal(IceCandidateResult.Malformed, IceCandidate.TryParse(
        "candidate:1 1 udp 1 192.0.2.1 4000 typ host" + new string('x', 600), out _));

    [Fact]
    public void No_mutation_makes_the_parser_throw()
    {
        const string Text =
            "candidate:842163049 1 udp 1677729535 203.0.113.5 46154 typ srflx raddr 10.0.0.4 rport 46154 x y";
        var random = new Random(8839);
        var accepted = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var mutant = Text.ToCharArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                mutant[random.Next(mutant.Length)] = (char)random.Next(1, round % 2 == 0 ? 128 : 0xFFFF);
            var text = new string(mutant, 0, random.Next(4) == 0 ? random.Next(mutant.Length) : mutant.Length);

            var result = IceCandidate.TryParse(text, out var candidate);
            Assert.Equal(result == IceCandidateResult.Accepted, candidate is not null);
            if (candidate is not null && candidate.Address.IsUnicast) accepted++;
        }

        Assert.InRange(accepted, 1_000, 20_000);
    }
}
