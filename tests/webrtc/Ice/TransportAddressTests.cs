using System.Net;
using System.Net.Sockets;
using Xunit;

namespace GoTo.WebRtc.Tests.Ice;

public sealed class TransportAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", 5000)]
    [InlineData("255.255.255.254", 65535)]
    [InlineData("2001:db8::1", 1)]
    [InlineData("fe80::1%3", 7)]
    public void An_end_point_survives_the_way_through_a_socket_address(string address, int port)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(address), port);
        var transport = TransportAddress.From(endPoint);
        var socketAddress = endPoint.Serialize();
        var written = new byte[TransportAddress.MaxSockaddrLength];
        var length = transport.WriteSockaddr(written);

        Assert.Equal(endPoint, transport.ToIPEndPoint());
        Assert.Equal(endPoint.ToString(), transport.ToString());
        Assert.Equal(socketAddress.Size, length);
        Assert.Equal(socketAddress.Buffer.Span[..length].ToArray(), written[..length]);
        Assert.True(TransportAddress.TryFromSockaddr(socketAddress.Buffer.Span, out var read));
        Assert.Equal(transport, read);
        Assert.Equal(transport.GetHashCode(), read.GetHashCode());
    }

    [Fact]
    public void A_mapped_address_is_the_IPv4_address_and_is_mapped_again_for_a_dual_mode_socket()
    {
        var plain = TransportAddress.From(IPAddress.Parse("192.0.2.1"), 5000);
        var mapped = TransportAddress.From(IPAddress.Parse("::ffff:192.0.2.1"), 5000);
        var buffer = new byte[TransportAddress.MaxSockaddrLength];

        Assert.Equal(plain, mapped);
        Assert.True(mapped.IsIPv4);
        Assert.Equal(28, plain.WriteSockaddr(buffer, dualMode: true));
        Assert.True(TransportAddress.TryFromSockaddr(buffer, out var read));
        Assert.Equal(plain, read);
        var native = new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.1"), 5000).Serialize();
        Assert.Equal(native.Buffer.Span[..28].ToArray(), buffer);
    }

    [Fact]
    public void Another_port_address_or_scope_is_another_address()
    {
        string[] texts = ["192.0.2.1:1", "192.0.2.1:2", "192.0.2.2:1", "[::1]:1", "[fe80::1%1]:1", "[fe80::1%2]:1"];
        var addresses = texts.Select(text => TransportAddress.From(IPEndPoint.Parse(text))).ToHashSet();

        Assert.Equal(texts.Length, addresses.Count);
    }

    [Theory]
    [InlineData("192.0.2.1", 1, true)]
    [InlineData("127.0.0.1", 1, true)]
    [InlineData("2001:db8::1", 1, true)]
    [InlineData("192.0.2.1", 0, false)]
    [InlineData("0.0.0.0", 1, false)]
    [InlineData("255.255.255.255", 1, false)]
    [InlineData("224.0.0.251", 1, false)]
    [InlineData("::", 1, false)]
    [InlineData("ff02::fb", 1, false)]
    public void Only_an_address_of_one_host_can_be_sent_to(string address, int port, bool expected) =>
        Assert.Equal(expected, TransportAddress.From(IPAddress.Parse(address), port).IsUnicast);

    [Fact]
    public void The_default_is_no_address()
    {
        Assert.False(default(TransportAddress).IsSpecified);
        Assert.False(default(TransportAddress).IsUnicast);
        Assert.Equal("none", default(TransportAddress).ToString());
        Assert.False(TransportAddress.TryFromSockaddr(new byte[28], out _));
        Assert.False(TransportAddress.TryFromSockaddr([2, 0, 1], out _));
        Assert.False(TransportAddress.TryFromSockaddr(
            new SocketAddress(AddressFamily.InterNetworkV6).Buffer.Span[..16], out _));
    }
}
