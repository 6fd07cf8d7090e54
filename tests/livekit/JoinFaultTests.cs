using System.Diagnostics;
using GoTo.LiveKit.Protocol;
using GoTo.Simulator.Rooms;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>The socket is cut while a join is under way: it ends in the room or in a typed error, and leaves no ghost.</summary>
[Collection(AloneCollection.Name)]
public sealed class JoinFaultTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_socket_cut_at_any_step_of_the_join_leaves_a_participant_or_a_typed_error_and_nothing_else()
    {
        await using var house = await FaultHouse.Start();
        await Ends(await house.Join("caller", new RoomRecord()));
        await house.NobodyIsLeft();
        foreach (var step in Enum.GetValues<JoinStep>())
        {
            house.Faults.CutNextJoin(step);
            var joined = await TryJoin(house, house.Server.Url, $"{step}");
            // Until ICE has begun there is no media to keep a session without a socket.
            if (step < JoinStep.Answered) Assert.Null(joined);
            if (step == JoinStep.Active) Assert.NotNull(joined);
            if (joined is not null) await Ends(joined);
            await house.NobodyIsLeft();
        }
    }

    [Fact]
    public async Task A_socket_cut_at_any_moment_of_the_join_leaves_a_participant_or_a_typed_error_and_nothing_else()
    {
        const int joins = 40;
        await using var house = await FaultHouse.Start();
        var proxy = new CuttableProxy(house.Server.Url);
        await Ends(await house.Join("warm-up", new RoomRecord(), proxy.Url));
        var began = Stopwatch.GetTimestamp();
        await Ends(await house.Join("measure", new RoomRecord(), proxy.Url));
        var longest = Stopwatch.GetElapsedTime(began) * 1.2;
        var chance = new Random(20251126);
        for (var i = 0; i < joins; i++)
        {
            var joining = TryJoin(house, proxy.Url, $"join {i}");
            await Task.Delay(longest * chance.NextDouble(), Stop);
            proxy.Cut();
            if (await joining is { } joined) await Ends(joined);
        }
        await proxy.DisposeAsync();
        await house.NobodyIsLeft();
    }

    [Fact]
    public async Task A_server_that_takes_the_join_and_says_nothing_ends_in_a_typed_error_within_the_bound()
    {
        await using var house = await FaultHouse.Start();
        await using (var silent = new SilentServer())
        {
            var began = Stopwatch.GetTimestamp();
            var failed = await Assert.ThrowsAsync<RoomJoinException>(
                () => house.Join("caller", new RoomRecord(), silent.Url, timeout: TimeSpan.FromSeconds(1)));
            Assert.Equal(RoomJoinStep.TimedOut, failed.Step);
            Assert.True(Stopwatch.GetElapsedTime(began) < Bound);
        }
        await house.NobodyIsLeft();
    }

    /// <summary>Joins; a participant, or null after an error that is typed and in time.</summary>
    private static async Task<RoomParticipant?> TryJoin(FaultHouse house, Uri url, string what)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            return await house.Join("caller", new RoomRecord(), url);
        }
        catch (RoomJoinException e)
        {
            Assert.True(
                e.Step is RoomJoinStep.Connect or RoomJoinStep.Signalling or RoomJoinStep.Media or RoomJoinStep.TimedOut,
                $"{what}: {e}");
            Assert.True(Stopwatch.GetElapsedTime(began) < Bound, what);
            return null;
        }
    }

    /// <summary>It is whole: what it says of itself reaches the server over the socket that it has by now. Then it leaves.</summary>
    private static async Task Ends(RoomParticipant joined)
    {
        joined.SetAttributes(new Dictionary<string, string> { ["whole"] = "yes" });
        await joined.WaitUntil(r => r.State == ParticipantInfo.Types.State.Active, Stop);
        await joined.DisposeAsync();
        Assert.Equal(RoomDisconnectCause.LocalLeave, joined.Disconnect!.Cause);
    }

    /// <summary>Takes connections and never answers.</summary>
    private sealed class SilentServer : IAsyncDisposable
    {
        private readonly System.Net.Sockets.TcpListener _listener = new(System.Net.IPAddress.Loopback, 0);

        public SilentServer()
        {
            _listener.Start();
            Url = new Uri($"ws://{_listener.LocalEndpoint}");
        }

        public Uri Url { get; }

        public ValueTask DisposeAsync()
        {
            _listener.Dispose();
            return default;
        }
    }
}
