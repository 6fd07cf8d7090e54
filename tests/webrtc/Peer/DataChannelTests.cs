using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>Data channels between two peers on loopback.</summary>
public sealed class DataChannelTests : IAsyncLifetime
{
    private readonly RtcEngine _engine = TestEngine.Start();

    public ValueTask InitializeAsync() => _engine.Ready;

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Theory]
    [InlineData(DtlsRole.Server)]
    [InlineData(DtlsRole.Client)]
    public async Task Both_sides_open_channels_and_send(DtlsRole answerRole)
    {
        var offerer = new DataPeer(_engine);
        var answerer = new DataPeer(_engine, answerRole);
        offerer.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var ours = offerer.Peer.CreateDataChannel("_reliable", new DataChannelOptions { Protocol = "chat" });
        ours.Send("before");
        await DataPeer.Connect(offerer, answerer);
        var lossy = answerer.Peer.CreateDataChannel(
            "_lossy", new DataChannelOptions { Ordered = false, MaxRetransmits = 0 });

        var seen = await answerer.GetsChannel();
        Assert.Equal(("_reliable", ours.Options), (seen.Label, seen.Options));
        Assert.Equal("before", await answerer.GetsText());
        seen.Send("back");
        Assert.Equal("back", await offerer.GetsText());
        var seenLossy = await offerer.GetsChannel();
        Assert.Equal(("_lossy", lossy.Options), (seenLossy.Label, seenLossy.Options));
        lossy.Send([]);
        lossy.Send([1, 2, 3]);
        var (empty, three) = (await offerer.GetsData(), await offerer.GetsData());
        Assert.Empty(empty);
        Assert.Equal([1, 2, 3], three);
        Assert.Equal(DataChannelState.Open, lossy.State);
        await Until(() => ours.BufferedAmount == 0 && lossy.BufferedAmount == 0);
    }

    /// <summary>Time stands still: nothing that is lost is ever sent again.</summary>
    [Theory]
    [InlineData(DtlsRole.Server)]
    [InlineData(DtlsRole.Client)]
    public async Task A_channel_opens_without_anything_being_repeated(DtlsRole answerRole)
    {
        await using var engine = TestEngine.Start(time: new FakeTimeProvider());
        var offerer = new DataPeer(engine);
        var answerer = new DataPeer(engine, answerRole);
        offerer.Peer.CreateDataChannel("data").Send("hello");

        await DataPeer.Connect(offerer, answerer);

        Assert.Equal("hello", await answerer.GetsText());
    }

    [Fact]
    public async Task A_megabyte_arrives_in_order_and_a_full_buffer_says_so()
    {
        var (here, there, channel) = await Connected();
        var sent = new List<byte[]>();
        var refusals = 0;
        for (var i = 0; i < 128; i++)
        {
            var message = new byte[16 * 1024];
            new Random(i).NextBytes(message);
            sent.Add(message);
            while (true)
            {
                try
                {
                    channel.Send(message);
                    break;
                }
                catch (DataChannelException full) when (full.Error == DataChannelError.BufferFull)
                {
                    refusals++;
                    await here.Drained();
                }
            }
        }

        foreach (var message in sent) Assert.Equal(message, await there.GetsData());
        Assert.InRange(refusals, 1, 128);
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_refused()
    {
        var (_, _, channel) = await Connected();

        // Longer than any channel takes: MaxMessageSize grows to that when the remote side has said what it takes.
        var refused = Assert.Throws<DataChannelException>(() => channel.Send(new byte[256 * 1024 + 1]));

        Assert.Equal(DataChannelError.MessageTooLong, refused.Error);
        Assert.Equal(0, channel.BufferedAmount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_channel_is_closed_by_either_side_after_what_was_sent(bool here)
    {
        var (us, them, channel) = await Connected();
        channel.Send("last");
        var theirs = await them.GetsChannel();
        if (here) channel.Close();
        Assert.Equal("last", await them.GetsText());
        if (!here) theirs.Close();

        Assert.Null(await us.GetsClosed());
        Assert.Null(await them.GetsClosed());
        Assert.Equal(DataChannelState.Closed, channel.State);
        Assert.Equal(
            DataChannelError.Closed, Assert.Throws<DataChannelException>(() => channel.Send("late")).Error);
        var next = us.Peer.CreateDataChannel("next");
        next.Send("again");
        Assert.Equal("again", await them.GetsText());
    }

    [Fact]
    public async Task A_peer_that_closes_closes_its_channels()
    {
        var (us, them, channel) = await Connected();
        await them.GetsChannel();

        await us.Peer.Close();

        Assert.NotNull(await us.GetsClosed());
        Assert.NotNull(await them.GetsClosed());
        Assert.Equal(DataChannelState.Closed, channel.State);
        Assert.Throws<InvalidOperationException>(() => us.Peer.CreateDataChannel("x"));
    }

    [Fact]
    public async Task Data_channels_alone_make_a_connection()
    {
        var offerer = new DataPeer(_engine);
        var answerer = new DataPeer(_engine);
        offerer.Peer.CreateDataChannel("only").Send("alone");
        await DataPeer.Connect(offerer, answerer);

        Assert.Equal("alone", await answerer.GetsText());
    }

    [Fact]
    public async Task A_side_that_wants_none_declines_and_audio_is_as_ever()
    {
        var offerer = new DataPeer(_engine);
        var answerer = new DataPeer(_engine, takesData: false);
        offerer.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var channel = offerer.Peer.CreateDataChannel("unwanted");
        await DataPeer.Connect(offerer, answerer);

        Assert.Equal("The remote side takes no data channels.", await offerer.GetsClosed());
        Assert.Equal(DataChannelState.Closed, channel.State);
    }

    [Fact]
    public async Task Channels_come_with_a_later_exchange_of_descriptions()
    {
        var offerer = new DataPeer(_engine);
        var answerer = new DataPeer(_engine);
        offerer.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await DataPeer.Connect(offerer, answerer);
        offerer.Peer.CreateDataChannel("later").Send("hello");

        await offerer.Peer.AcceptAnswer(await answerer.Peer.AcceptOffer(await offerer.Peer.CreateOffer()));

        Assert.Equal("hello", await answerer.GetsText());
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        while (!condition()) await Task.Delay(10, limit.Token);
    }

    private async Task<(DataPeer Us, DataPeer Them, DataChannel Channel)> Connected()
    {
        var us = new DataPeer(_engine);
        var them = new DataPeer(_engine);
        us.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var channel = us.Peer.CreateDataChannel("data");
        await DataPeer.Connect(us, them);
        return (us, them, channel);
    }

    /// <summary>A peer with what its channels told.</summary>
    private sealed class DataPeer : IRtcPeerEvents
    {
        private readonly ConcurrentDictionary<PeerState, TaskCompletionSource> _entered = new();
        private readonly Channel<DataChannel> _channels = Channel.CreateUnbounded<DataChannel>();
        private readonly Channel<byte[]> _messages = Channel.CreateUnbounded<byte[]>();
        private readonly Channel<bool> _drained = Channel.CreateUnbounded<bool>();
        private readonly Channel<string?> _closed = Channel.CreateUnbounded<string?>();

        public DataPeer(RtcEngine engine, DtlsRole answerRole = DtlsRole.Server, bool takesData = true) =>
            Peer = engine.CreatePeer(
                new PeerOptions
                {
                    Name = "data", AnswerRole = answerRole, DataChannels = takesData, OwnPort = true,
                },
                this);

        public RtcPeer Peer { get; }

        public static async Task Connect(DataPeer offerer, DataPeer answerer)
        {
            var offer = await offerer.Peer.CreateOffer();
            await offerer.Peer.AcceptAnswer(await answerer.Peer.AcceptOffer(offer));
            await offerer.Entered(PeerState.Connected).Task.WaitAsync(TimeSpan.FromSeconds(15));
            await answerer.Entered(PeerState.Connected).Task.WaitAsync(TimeSpan.FromSeconds(15));
        }

        public Task<DataChannel> GetsChannel() => Next(_channels);

        public Task<byte[]> GetsData() => Next(_messages);

        public async Task<string> GetsText() => Encoding.UTF8.GetString(await Next(_messages));

        public Task<string?> GetsClosed() => Next(_closed);

        public Task<bool> Drained() => Next(_drained);

        public void OnStateChanged(PeerState state, PeerReason? reason) => Entered(state).TrySetResult();

        public void OnCandidate(string candidate)
        {
        }

        public void OnFirstPacket(AudioTransceiver transceiver)
        {
        }

        public void OnDataChannel(DataChannel channel) => _channels.Writer.TryWrite(channel);

        public void OnData(DataChannel channel, ReadOnlySpan<byte> message, bool isText) =>
            _messages.Writer.TryWrite(message.ToArray());

        public void OnDataChannelDrained(DataChannel channel) => _drained.Writer.TryWrite(true);

        public void OnDataChannelClosed(DataChannel channel, string? reason) => _closed.Writer.TryWrite(reason);

        private static async Task<T> Next<T>(Channel<T> channel)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(15));
            return await channel.Reader.ReadAsync(limit.Token);
        }

        private TaskCompletionSource Entered(PeerState state) =>
            _entered.GetOrAdd(state, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }
}
