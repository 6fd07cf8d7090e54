using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using GoTo.Simulator.Rooms;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>The STUN and TURN servers that a room server names are used, on joining and after.</summary>
public sealed class IceServerTests
{
    private const int AllocateRequest = 0x0003;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_servers_of_the_join_are_asked_and_one_that_cannot_be_used_does_no_harm()
    {
        using var turn = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var server = await RoomServer.Start(
            new RoomServerOptions
            {
                ApiKey = RoomHouse.Key,
                ApiSecret = RoomHouse.Secret,
                IceServers =
                [
                    new IceServer { Url = "turn:sctp.example?transport=sctp", Username = "u", Credential = "c" },
                    new IceServer { Url = $"turn:{turn.Client.LocalEndPoint}?transport=udp", Username = "u", Credential = "c" },
                ],
            },
            TimeProvider.System, NullLoggerFactory.Instance, Stop);
        await using var engine = new RtcEngine(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);

        await using var participant = await RoomParticipant.Join(
            new JoinOptions { Url = server.Url, Token = RoomHouse.TokenFor("r", "me"), Name = "me" }, engine,
            new RoomRecord(), TimeProvider.System, NullLoggerFactory.Instance, Stop);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        patience.CancelAfter(TimeSpan.FromSeconds(15));
        var request = await turn.ReceiveAsync(patience.Token);
        Assert.Equal(AllocateRequest, BinaryPrimitives.ReadUInt16BigEndian(request.Buffer));
    }
}
