using System.Text;
using System.Threading.Channels;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.Interop.Tests;

/// <summary>Data channels with Chromium and aiortc: SCTP, its set-up from both ends, and DCEP of others.</summary>
public sealed class DataChannelTests(ChromiumBrowser browser)
{
    private const int Messages = 64;
    private const int Length = 16 * 1024;

    [Theory]
    [InlineData(DtlsRole.Server)]
    [InlineData(DtlsRole.Client)]
    public async Task Chromium_echoes_a_megabyte(DtlsRole ourRole)
    {
        await using var ours = await DataPeer.Create();
        await using var theirs = await ChromiumPeer.Open(browser);
        var offer = (await ours.Offer()).Replace(
            "a=setup:actpass", ourRole == DtlsRole.Client ? "a=setup:active" : "a=setup:actpass",
            StringComparison.Ordinal);

        await ours.Peer.AcceptAnswer(await theirs.Answer(offer));

        await AssertEcho(ours);
    }

    [Fact]
    public async Task Aiortc_echoes_a_megabyte()
    {
        await using var ours = await DataPeer.Create();
        await using var theirs = PythonPeer.Aiortc();

        await ours.Peer.AcceptAnswer(await theirs.Answer(await ours.Offer()));

        await AssertEcho(ours);
    }

    [Theory]
    [InlineData(DtlsRole.Server)]
    [InlineData(DtlsRole.Client)]
    public async Task Chromium_opens_a_channel(DtlsRole ourRole)
    {
        await using var ours = await DataPeer.Create(ourRole);
        await using var theirs = await ChromiumPeer.Open(browser);

        await theirs.Accept(await ours.Peer.AcceptOffer(await theirs.OfferData("theirs", "grüezi")));

        await AssertTheirs(ours);
        Assert.Equal("merci", await theirs.DataReply());
    }

    [Theory]
    [InlineData(DtlsRole.Server)]
    [InlineData(DtlsRole.Client)]
    public async Task Aiortc_opens_a_channel(DtlsRole ourRole)
    {
        await using var ours = await DataPeer.Create(ourRole);
        await using var theirs = PythonPeer.Aiortc();

        await theirs.Accept(await ours.Peer.AcceptOffer(await theirs.OfferData("theirs", "grüezi")));

        await AssertTheirs(ours);
        Assert.Equal("merci", await theirs.DataReply());
    }

    private static async Task AssertTheirs(DataPeer ours)
    {
        var (text, isText, channel) = await ours.Next();
        Assert.Equal(("grüezi", true), (Encoding.UTF8.GetString(text), isText));
        Assert.Equal(
            ("theirs", new DataChannelOptions { Ordered = false, MaxRetransmits = 3 }),
            (channel.Label, channel.Options));
        channel.Send("merci");
    }

    private static async Task AssertEcho(DataPeer ours)
    {
        ours.Lossy.Send("over the lossy one");
        Assert.Equal("over the lossy one", Encoding.UTF8.GetString((await ours.Next()).Message));
        var sent = Enumerable.Range(0, Messages).Select(Message).ToList();
        foreach (var message in sent)
        {
            while (ours.Reliable.BufferedAmount > DataChannel.MaxBuffered / 2)
                await Task.Delay(5, TestContext.Current.CancellationToken);
            ours.Reliable.Send(message);
        }

        foreach (var message in sent)
        {
            var (echo, isText, channel) = await ours.Next();
            Assert.Equal((false, ours.Reliable), (isText, channel));
            Assert.Equal(message, echo);
        }

        Assert.Equal(DataChannelState.Open, ours.Reliable.State);
        ours.Reliable.Close();
        Assert.Null(await ours.Closed());
        Assert.Equal(DataChannelState.Closed, ours.Reliable.State);
    }

    private static byte[] Message(int number)
    {
        var message = new byte[Length];
        new Random(number).NextBytes(message);
        return message;
    }

    /// <summary>A peer with two channels of its own, and what came on any.</summary>
    private sealed class DataPeer : IRtcPeerEvents, IAsyncDisposable
    {
        private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

        private readonly RtcEngine _engine;
        private readonly Channel<(byte[] Message, bool IsText, DataChannel Channel)> _messages =
            Channel.CreateUnbounded<(byte[] Message, bool IsText, DataChannel Channel)>();
        private readonly TaskCompletionSource<string?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private DataPeer(RtcEngine engine, DtlsRole answerRole)
        {
            _engine = engine;
            Peer = engine.CreatePeer(
                new PeerOptions { Name = "data", AnswerRole = answerRole, DataChannels = true }, this);
        }

        public RtcPeer Peer { get; }

        public DataChannel Reliable { get; private set; } = null!;

        public DataChannel Lossy { get; private set; } = null!;

        public static async Task<DataPeer> Create(DtlsRole answerRole = DtlsRole.Server)
        {
            var engine = new RtcEngine(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);
            await engine.Ready;
            return new DataPeer(engine, answerRole);
        }

        public async Task<string> Offer()
        {
            Peer.AddTransceiver(TransceiverDirection.SendRecv);
            Reliable = Peer.CreateDataChannel("_reliable");
            Lossy = Peer.CreateDataChannel("_lossy", new DataChannelOptions { Ordered = false, MaxRetransmits = 0 });
            return await Peer.CreateOffer();
        }

        public Task<(byte[] Message, bool IsText, DataChannel Channel)> Next() =>
            _messages.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Deadline);

        public Task<string?> Closed() => _closed.Task.WaitAsync(Deadline);

        public ValueTask DisposeAsync() => _engine.DisposeAsync();

        public void OnData(DataChannel channel, ReadOnlySpan<byte> message, bool isText) =>
            _messages.Writer.TryWrite((message.ToArray(), isText, channel));

        public void OnDataChannelClosed(DataChannel channel, string? reason) => _closed.TrySetResult(reason);

        public void OnStateChanged(PeerState state, PeerReason? reason)
        {
        }

        public void OnCandidate(string candidate)
        {
        }

        public void OnFirstPacket(AudioTransceiver transceiver)
        {
        }
    }
}
