using System.Globalization;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.Simulator.Rooms;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.Bench;

/// <summary>
/// How long a participant takes from the join to audio that is connected, over loopback, with the room server in this
/// process: each joins a room of its own, one after the other, and leaves.
/// </summary>
internal static class JoinBench
{
    private const double WantedMedian = 50;
    private const string Key = "devkey";
    private const string Secret = "a secret of the benchmark, of 32 bytes";

    public static async Task<int> Run(string[] arguments)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        var joins = int.Parse(settings["joins"] ?? "100", CultureInfo.InvariantCulture);
        var time = TimeProvider.System;
        await using var engine = new RtcEngine(new RtcOptions(), time, NullLoggerFactory.Instance);
        await using var server = await RoomServer.Start(
            new RoomServerOptions { ApiKey = Key, ApiSecret = Secret }, time, NullLoggerFactory.Instance, default);
        await engine.Ready;
        for (var i = 0; i < 10; i++)
            await Join(engine, server, time);
        var taken = new List<double>();
        for (var i = 0; i < joins; i++)
            taken.Add(await Join(engine, server, time));

        taken.Sort();
        Console.WriteLine(
            $"join to connected: p50 {At(0.5):0.0} ms, p90 {At(0.9):0.0} ms, p99 {At(0.99):0.0} ms, "
            + $"most {taken[^1]:0.0} ms ({joins} joins on loopback; wanted p50 below {WantedMedian:0} ms)");
        return At(0.5) < WantedMedian ? 0 : 1;

        double At(double share) => taken[(int)(share * (taken.Count - 1))];
    }

    private static async Task<double> Join(RtcEngine engine, RoomServer server, TimeProvider time)
    {
        var token = new AccessToken
        {
            Identity = "phone",
            Kind = ParticipantInfo.Types.Kind.Sip,
            Video = new VideoGrant { RoomJoin = true, Room = $"room-{Guid.NewGuid():N}" },
        }.Sign(Key, Secret, time);
        var started = time.GetTimestamp();
        await using var joined = await RoomParticipant.Join(
            new JoinOptions { Url = server.Url, Token = token }, engine, new NoRoomEvents(), time,
            NullLoggerFactory.Instance);
        return time.GetElapsedTime(started).TotalMilliseconds;
    }

    private sealed class NoRoomEvents : IRoomEvents
    {
        public void OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change)
        {
        }

        public void OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track)
        {
        }

        public void OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
        {
        }

        public void OnDisconnected(RoomParticipant room, RoomDisconnect disconnect)
        {
        }
    }
}
