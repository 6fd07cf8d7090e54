using System.Net;
using System.Text;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Stun;
using Xunit;

namespace GoTo.WebRtc.Tests.Net;

public sealed class PeerTableTests
{
    private static readonly TransportAddress Remote = TransportAddress.From(IPAddress.Loopback, 5000);
    private readonly PeerTable _table = new();
    private readonly FakePeer _a = new();
    private readonly FakePeer _b = new();

    [Fact]
    public void A_request_is_for_the_peer_of_its_ufrag()
    {
        _table.Add(_a, "aaaa");
        _table.Add(_b, "bbbb");

        Assert.Same(_b, For(Request("bbbb:remote")));
        Assert.Null(For(Request("cccc:remote")));
        Assert.Null(For(Request("bbbb")));
    }

    [Fact]
    public void A_peer_may_have_several_ufrags_while_ICE_restarts()
    {
        _table.Add(_a, "aaaa");
        _table.Add(_a, "cccc");
        Assert.Same(_a, For(Request("aaaa:remote")));
        Assert.Same(_a, For(Request("cccc:remote")));

        _table.Forget(_a, "aaaa");
        Assert.Null(For(Request("aaaa:remote")));
        Assert.Same(_a, For(Request("cccc:remote")));

        _table.Remove(_a);
        Assert.Null(For(Request("cccc:remote")));
    }

    [Fact]
    public void A_response_is_for_the_peer_that_asked()
    {
        _table.Add(_a, "aaaa");
        var request = Request("x:y");
        _table.Sent(request, _a, now: 0, expires: 100);

        Assert.Same(_a, For(AnswerTo(request)));
        _table.Sent(Request("x:y", id: 2), _a, now: 100, expires: 200);
        Assert.Null(For(AnswerTo(request)));
    }

    [Fact]
    public void Media_is_for_the_peer_of_its_address_on_the_same_socket()
    {
        _table.Add(_a, "aaaa");
        _table.Learn(Remote, _a);

        Assert.Same(_a, _table.At(UdpShard.SharedSocket, Remote));
        Assert.Null(_table.At(1, Remote));
        Assert.Null(_table.At(UdpShard.SharedSocket, TransportAddress.From(IPAddress.Loopback, 5001)));
    }

    [Fact]
    public void An_address_goes_to_the_peer_that_authenticated_it_last()
    {
        _table.Add(_a, "aaaa");
        _table.Add(_b, "bbbb");

        Assert.Null(_table.Learn(Remote, _a));
        Assert.Null(_table.Learn(Remote, _a));
        Assert.Same(_a, _table.Learn(Remote, _b));
        _table.Remove(_a);

        Assert.Same(_b, _table.At(UdpShard.SharedSocket, Remote));
    }

    [Fact]
    public void A_removed_peer_is_found_by_nothing()
    {
        _table.Add(_a, "aaaa");
        _table.Learn(Remote, _a);
        var request = Request("x:y");
        _table.Sent(request, _a, now: 0, expires: 100);

        Assert.True(_table.Remove(_a));
        Assert.False(_table.Remove(_a));

        Assert.Null(For(Request("aaaa:remote")));
        Assert.Null(For(AnswerTo(request)));
        Assert.Null(_table.At(UdpShard.SharedSocket, Remote));
        Assert.Empty(_table.Peers);
    }

    private static byte[] Request(string username, byte id = 1)
    {
        var name = Encoding.UTF8.GetBytes(username);
        var padded = (name.Length + 3) & ~3;
        var message = new byte[24 + padded];
        message[1] = 1;
        message[3] = (byte)(4 + padded);
        (message[4], message[5], message[6], message[7]) = (0x21, 0x12, 0xA4, 0x42);
        message[8] = id;
        message[21] = (byte)StunAttribute.Username;
        message[23] = (byte)name.Length;
        name.CopyTo(message, 24);
        return message;
    }

    private static byte[] AnswerTo(byte[] request)
    {
        var answer = request[..20];
        (answer[0], answer[1], answer[3]) = (1, 1, 0);
        return answer;
    }

    private IShardPeer? For(byte[] datagram)
    {
        Assert.True(StunMessage.TryParse(datagram, out var message));
        return _table.For(message, UdpShard.SharedSocket, Remote);
    }
}
