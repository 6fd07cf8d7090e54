using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>ICE restart (RFC 8445 section 9) between two engines over loopback, with audio flowing.</summary>
public sealed partial class IceRestartTests : IAsyncDisposable
{
    private const int RestartFailed = 126;

    private readonly RtcEngine _engine = TestEngine.Start();
    private readonly RtcEngine _far = TestEngine.Start();

    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Audio_flows_on_while_ICE_restarts(bool offererRestarts)
    {
        var call = await AudioCall.Start(_engine, _far);
        await call.Flows(10);
        var (restarter, other) = offererRestarts ? (call.Offerer, call.Answerer) : (call.Answerer, call.Offerer);
        var pathBefore = (await other.Peer.GetStats()).RemoteAddress;

        for (var round = 0; round < 3; round++)
        {
            var offer = await restarter.Peer.CreateOffer(iceRestart: true);
            await call.Flows(5);
            var answer = await other.Peer.AcceptOffer(offer);
            await call.Flows(5);
            await restarter.Peer.AcceptAnswer(answer);
            await call.Flows(20);
            await call.Offerer.Restarted(round + 1);
            await call.Answerer.Restarted(round + 1);
        }

        await call.Flows(50);
        foreach (var peer in new[] { call.Offerer, call.Answerer })
        {
            var stats = await peer.Peer.GetStats();
            Assert.Equal(PeerState.Connected, stats.State);
            Assert.Equal(0, stats.AuthenticationFailures + stats.Replays + stats.Dropped + stats.Audio[0].PacketsLost);
        }

        Assert.Equal(pathBefore, (await other.Peer.GetStats()).RemoteAddress);
    }

    [Fact]
    public async Task Both_sides_have_new_credentials_and_the_old_ones_are_forgotten()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var first = await a.Peer.CreateOffer();
        var firstAnswer = await b.Peer.AcceptOffer(first);
        await a.Peer.AcceptAnswer(firstAnswer);
        await a.Reaches(PeerState.Connected);
        await b.Reaches(PeerState.Connected);

        var second = await a.Peer.CreateOffer(iceRestart: true);
        var secondAnswer = await b.Peer.AcceptOffer(second);
        await a.Peer.AcceptAnswer(secondAnswer);

        Assert.Equal(4, new[] { first, firstAnswer, second, secondAnswer }.Select(Ufrag).Distinct().Count());
        await a.Restarted();
        await b.Restarted();
        Assert.Equal(Ufrag(second), Ufrag(await a.Peer.CreateOffer()));
        Assert.Equal((1, 1), (_engine.GetStats().Peers, _far.GetStats().Peers));
    }

    [Fact]
    public async Task An_offer_that_is_made_again_before_its_answer_still_restarts()
    {
        var (a, b) = await Call();

        var offer = await a.Peer.CreateOffer(iceRestart: true);
        var again = await a.Peer.CreateOffer();
        Assert.Equal(Ufrag(offer), Ufrag(again));
        await a.Peer.AcceptAnswer(await b.Peer.AcceptOffer(again));

        await a.Restarted();
        await b.Restarted();
    }

    [Fact]
    public async Task A_restart_whose_offer_crosses_another_offer_is_rolled_back()
    {
        var (a, b) = await Call();
        var before = Ufrag(await a.Peer.CreateOffer());
        await a.Peer.CreateOffer(iceRestart: true);

        var answer = await a.Peer.AcceptOffer(await b.Peer.CreateOffer());
        await b.Peer.AcceptAnswer(answer);

        Assert.Equal(before, Ufrag(answer));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await a.Peer.AcceptAnswer(answer));
        await a.Peer.AcceptAnswer(await b.Peer.AcceptOffer(await a.Peer.CreateOffer(iceRestart: true)));
        await a.Restarted();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_restarts_when_the_offer_does_not_or_the_other_way_round_is_refused(bool offered)
    {
        var (a, b) = await Call();
        var keeping = await b.Peer.AcceptOffer(await a.Peer.CreateOffer());
        var offer = await a.Peer.CreateOffer(iceRestart: offered);
        var answer = offered ? keeping : Credentials().Replace(keeping, m => m.Value + "x");

        var refusal = await Assert.ThrowsAsync<SdpException>(async () => await a.Peer.AcceptAnswer(answer));

        Assert.Equal(SdpError.AnswerMismatch, refusal.Error);
        await a.Peer.AcceptAnswer(await b.Peer.AcceptOffer(offer));
        if (offered) await a.Restarted();
    }

    [Fact]
    public async Task A_restart_asked_for_before_the_first_answer_changes_nothing()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);

        var first = await a.Peer.CreateOffer();
        var second = await a.Peer.CreateOffer(iceRestart: true);
        Assert.Equal(Ufrag(first), Ufrag(second));

        await a.Peer.AcceptAnswer(await b.Peer.AcceptOffer(second));
        await a.Reaches(PeerState.Connected);
    }

    [Fact]
    public async Task A_restart_that_finds_no_path_leaves_the_audio_on_the_old_one_and_can_be_repeated()
    {
        var log = new EventLog();
        await using var engine = new RtcEngine(new RtcOptions(), TimeProvider.System, log);
        var call = await AudioCall.Start(engine, _far);
        var (a, b) = (call.Offerer.Peer, call.Answerer.Peer);

        // Both are told a port at which nobody is.
        var answer = await b.AcceptOffer(Elsewhere(await a.CreateOffer(iceRestart: true)));
        await a.AcceptAnswer(Elsewhere(answer));
        await call.Flows(10);
        await log.Has(RestartFailed);
        await call.Flows(10);

        // Descriptions go on with the credentials that were exchanged last.
        await a.AcceptAnswer(await b.AcceptOffer(await a.CreateOffer()));
        await call.Flows(10);
        await a.AcceptAnswer(await b.AcceptOffer(await a.CreateOffer(iceRestart: true)));
        await call.Offerer.Restarted();
        await call.Flows(10);
        Assert.Equal((PeerState.Connected, PeerState.Connected), (a.State, b.State));
    }

    [Fact]
    public async Task Candidates_that_name_the_coming_ufrag_wait_for_their_description()
    {
        var (a, b) = await Call();
        var offer = await a.Peer.CreateOffer(iceRestart: true);
        var candidate = Candidate().Match(offer).Value;
        await b.Peer.AddCandidate($"{candidate} ufrag {Ufrag(offer)}");

        var without = Candidate().Replace(offer, "a=other").Replace("a=end-of-candidates", "a=other");
        var answer = await b.Peer.AcceptOffer(without);
        await a.Peer.AcceptAnswer(answer);

        await a.Restarted();
        await b.Restarted();
    }

    private async Task<(TestPeer A, TestPeer B)> Call()
    {
        var a = new TestPeer(_engine);
        var b = new TestPeer(_far);
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await TestPeer.Connect(a, b);
        return (a, b);
    }

    /// <summary>Two peers with audio both ways.</summary>
    private sealed class AudioCall(TestPeer offerer, TestPeer answerer)
    {
        private readonly TestTap _atOfferer = new();
        private readonly TestTap _atAnswerer = new();
        private int _sent;

        public TestPeer Offerer => offerer;

        public TestPeer Answerer => answerer;

        public static async Task<AudioCall> Start(RtcEngine engine, RtcEngine far)
        {
            var call = new AudioCall(new TestPeer(engine), new TestPeer(far));
            call.Offerer.Peer.AddTransceiver(TransceiverDirection.SendRecv);
            await TestPeer.Connect(call.Offerer, call.Answerer);
            call.Offerer.Peer.Transceivers[0].Receiver.Tap = call._atOfferer;
            call.Answerer.Peer.Transceivers[0].Receiver.Tap = call._atAnswerer;
            return call;
        }

        /// <summary>So many packets go each way, and every one arrives.</summary>
        public async Task Flows(int count)
        {
            var toAnswerer = TestAudio.Send(offerer.Peer.Transceivers[0].Sender, stream: 1, count, first: _sent);
            var toOfferer = TestAudio.Send(answerer.Peer.Transceivers[0].Sender, stream: 2, count, first: _sent);
            _sent += count;
            Assert.Equal(toAnswerer, (await _atAnswerer.Next(count)).Select(p => p.Payload));
            Assert.Equal(toOfferer, (await _atOfferer.Next(count)).Select(p => p.Payload));
        }
    }

    /// <summary>A log whose events can be awaited.</summary>
    private sealed class EventLog : ILoggerFactory, ILogger
    {
        private readonly ConcurrentDictionary<int, TaskCompletionSource> _events = new();

        public Task Has(int id) => Event(id).Task.WaitAsync(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Event(eventId.Id).TrySetResult();

        public void Dispose()
        {
        }

        private TaskCompletionSource Event(int id) =>
            _events.GetOrAdd(id, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
    }

    private static string Elsewhere(string sdp) => Port().Replace(sdp, "$1 9 typ");

    [GeneratedRegex("(a=candidate:.* 127\\.0\\.0\\.1) [0-9]+ typ")]
    private static partial Regex Port();

    private static string Ufrag(string sdp) => UfragLine().Match(sdp).Groups[1].Value;

    [GeneratedRegex("a=ice-ufrag:(.+)\r")]
    private static partial Regex UfragLine();

    [GeneratedRegex("a=ice-(ufrag|pwd):[^\r]+")]
    private static partial Regex Credentials();

    [GeneratedRegex("a=candidate:[^\r]+")]
    private static partial Regex Candidate();
}
