using GoTo.LiveKit.Protocol;
using GoTo.Simulator.Agents;
using GoTo.Simulator.Rooms;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>A room server with a certificate of its own, which clients trust by its fingerprint.</summary>
public sealed class TlsTests(RoomHouse house) : IClassFixture<RoomHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_room_with_its_agent_comes_about_over_https_and_wss()
    {
        await using var server = await Start();
        var options = Trusting(server);
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = options.CertificateValidation },
        });
        await using var agent = await EchoAgent.Start(
            new EchoAgentOptions { Server = options }, TimeProvider.System, NullLoggerFactory.Instance, Stop);
        var room = new CreateRoomRequest { Name = RoomHouse.NewRoom() };
        room.Agents.Add(new RoomAgentDispatch { AgentName = "echo" });
        await new RoomServiceClient(options, http, TimeProvider.System).CreateRoom(room, Stop);

        await using var phone = await Join(server.Url, room.Name, options);
        await phone.WaitUntil(joined => joined.Participants.Any(other => other.IsAgent), Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop);

        Assert.Equal("wss", server.Url.Scheme);
        Assert.Contains("BEGIN CERTIFICATE", server.CertificatePem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_fingerprint_or_with_anothers_the_token_goes_nowhere()
    {
        await using var server = await Start();
        await using var other = await Start();

        foreach (var options in new[] { new LiveKitOptions(), Trusting(other) })
        {
            var failed = await Assert.ThrowsAsync<RoomJoinException>(() => Join(server.Url, "room", options));
            Assert.Equal(RoomJoinStep.Connect, failed.Step);
        }

        Assert.Equal(0, server.Sockets);
        Assert.Single(new LiveKitOptions
        {
            Url = server.Url, ApiKey = "k", ApiSecret = "s", CertificateFingerprint = "12:34",
        }.Validate());
    }

    private static Task<RoomServer> Start() => RoomServer.Start(
        new RoomServerOptions { ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret, Tls = true },
        TimeProvider.System, NullLoggerFactory.Instance, Stop);

    private static LiveKitOptions Trusting(RoomServer server) => new()
    {
        Url = server.Url, ApiKey = RoomHouse.Key, ApiSecret = RoomHouse.Secret,
        CertificateFingerprint = server.CertificateFingerprint,
    };

    private Task<RoomParticipant> Join(Uri url, string room, LiveKitOptions options) => RoomParticipant.Join(
        new JoinOptions
        {
            Url = url, Token = RoomHouse.TokenFor(room, "phone"), CertificateValidation = options.CertificateValidation,
        },
        house.Engine, new RoomRecord(), TimeProvider.System, NullLoggerFactory.Instance, Stop);
}
