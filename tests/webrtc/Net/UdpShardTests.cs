using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using GoTo.WebRtc.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.WebRtc.Tests.Net;

public sealed class UdpShardTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Posted_work_wakes_the_shard_at_once(bool portable)
    {
        var shard = Start(portable);
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 100; i++)
        {
            var done = new TaskCompletionSource<TimeSpan>();
            var posted = Stopwatch.GetTimestamp();
            shard.Post(() => done.SetResult(Stopwatch.GetElapsedTime(posted)));
            delays.Add(await done.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken));
        }

        await shard.Stop();
        // The quickest quarter, since other work may hold up the rest: a loop that polled each 5 ms would take 1.25 ms.
        delays.Sort();
        Assert.InRange(delays[25], TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Timers_fire_when_they_are_due_and_not_before(bool portable)
    {
        var shard = Start(portable);
        var due = TimeSpan.FromMilliseconds(30).Ticks;
        var fired = new TaskCompletionSource<long>();
        var scheduledAt = 0L;
        var peer = new FakePeer { WhenDue = now => fired.TrySetResult(now - scheduledAt) };

        shard.Post(() =>
        {
            scheduledAt = shard.Now;
            shard.Schedule(peer, scheduledAt + due);
        });

        var took = await fired.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await shard.Stop();
        Assert.InRange(took, due, Deadline.Ticks);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_is_not_taken_from_a_peer_that_is_being_heard_there(bool isHeard)
    {
        var shard = Start(portable: false);
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var address = TransportAddress.From((IPEndPoint)phone.Client.LocalEndPoint!);
        var owner = new FakePeer { HeardAt = isHeard ? address : default };
        var thief = new FakePeer();
        shard.Post(() =>
        {
            shard.Add(owner, "owner");
            shard.Add(thief, "thief");
            shard.Learn(owner, address);
            shard.Learn(thief, address);
        });
        byte[] rtp = [0x80, 0, .. new byte[40]];

        await phone.SendAsync(rtp, shard.LocalEndPoint, TestContext.Current.CancellationToken);

        Assert.True(SpinWait.SpinUntil(() => owner.RtpReceived + thief.RtpReceived == 1, Deadline));
        Assert.Equal(isHeard ? (1, 0) : (0, 1), (owner.RtpReceived, thief.RtpReceived));
        shard.Post(() =>
        {
            shard.Remove(owner);
            shard.Remove(thief);
        });
        await shard.Stop();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Work_posted_after_the_end_is_abandoned(bool portable)
    {
        var shard = Start(portable);
        await shard.Stop();
        var work = new NotedWork();

        shard.Post(work);

        Assert.Equal((false, true), (work.WasRun, work.WasAbandoned));
    }

    [Fact]
    public async Task Work_that_throws_does_not_end_the_shard()
    {
        var shard = Start(portable: false);
        var done = new TaskCompletionSource();

        shard.Post(() => throw new InvalidOperationException("Expected in this test."));
        shard.Post(done.SetResult);

        await done.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await shard.Stop();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_batch_of_datagrams_comes_whole_and_with_its_sender(bool portable)
    {
        using var sockets = Sockets(portable);
        var socket = sockets.Open(new IPEndPoint(IPAddress.Loopback, 0), 1 << 20);
        using var sender = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        sender.Connect(sockets.LocalEndPoint(socket));
        var sent = Enumerable.Range(0, 70).Select(i => Enumerable.Repeat((byte)i, i).ToArray()).ToList();
        foreach (var datagram in sent)
            sender.Send(datagram);

        var received = new List<byte[]>();
        while (received.Count < sent.Count && sockets.Wait(5000) > 0)
        {
            var count = sockets.Receive(sockets.Ready(0));
            for (var i = 0; i < count; i++)
            {
                Assert.Equal((IPEndPoint)sender.Client.LocalEndPoint!, sockets.Sender(i).ToIPEndPoint());
                received.Add(sockets.Datagram(i).ToArray());
            }
        }

        Assert.Equal(sent, received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Datagrams_of_two_sockets_go_out_in_one_flush(bool portable)
    {
        using var sockets = Sockets(portable);
        var (one, other) = (Open(), Open());
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        receiver.Client.ReceiveTimeout = 5000;
        var to = TransportAddress.From((IPEndPoint)receiver.Client.LocalEndPoint!);

        for (var i = 0; i < 100; i++)
        {
            sockets.NextBuffer()[0] = (byte)i;
            sockets.Enqueue(i % 3 == 0 ? one : other, 1, to);
        }

        sockets.Flush();

        for (var i = 0; i < 100; i++)
        {
            var from = new IPEndPoint(IPAddress.Any, 0);
            Assert.Equal([(byte)i], receiver.Receive(ref from));
            Assert.Equal(sockets.LocalEndPoint(i % 3 == 0 ? one : other), from);
        }

        Assert.Equal((100, 0), (sockets.Sent, sockets.SendFailures));

        int Open() => sockets.Open(new IPEndPoint(IPAddress.Loopback, 0), 1 << 20);
    }

    private static IShardSockets Sockets(bool portable) => portable ? new PortableSockets() : new EpollSockets();

    private static UdpShard Start(bool portable)
    {
        var shard = UdpShard.BindAll(
            new RtcOptions { PortableSockets = portable }, TimeProvider.System, NullLogger.Instance)[0];
        shard.Start();
        return shard;
    }

    private sealed class NotedWork : IShardWork
    {
        public bool WasRun { get; private set; }

        public bool WasAbandoned { get; private set; }

        public void Run() => WasRun = true;

        public void Abandon() => WasAbandoned = true;
    }
}
