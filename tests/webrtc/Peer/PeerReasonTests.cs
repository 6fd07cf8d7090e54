using GoTo.WebRtc.Net;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>What a peer says of its end, typed, and when; on a clock that the test moves.</summary>
public sealed class PeerReasonTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RtcEngine _engine;
    private readonly RtcEngine _far;
    private readonly UdpRelay _wire = new();

    public PeerReasonTests() => (_engine, _far) = (TestEngine.Start(time: _time), TestEngine.Start(time: _time));

    public async ValueTask DisposeAsync()
    {
        _wire.Dispose();
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Consent_that_is_lost_is_told_within_3_s_of_its_expiry()
    {
        var (a, b) = await Exchange();
        await a.Reaches(PeerState.Connected);
        await b.Reaches(PeerState.Connected);

        _wire.LosesFromOfferer = _ => true;

        // The last answer came before: consent of 30 s has no more than that left.
        await Pass(33, b);
        Assert.Equal(PeerCause.Silent, (await b.Reaches(PeerState.Disconnected))?.Cause);
        Assert.Equal(PeerCause.ConsentLost, (await b.Reaches(PeerState.Failed))?.Cause);
    }

    [Fact]
    public async Task Without_a_path_ICE_fails()
    {
        _wire.LosesFromOfferer = _wire.LosesFromAnswerer = _ => true;
        var (a, b) = await Exchange();

        await Pass(31, a, b);

        Assert.Equal(PeerCause.NoPath, (await a.Reaches(PeerState.Failed))?.Cause);
        Assert.Equal(PeerCause.NoPath, (await b.Reaches(PeerState.Failed))?.Cause);
    }

    [Fact]
    public async Task A_path_without_a_DTLS_handshake_fails_after_30_s()
    {
        // DTLS begins with 20 to 63 (RFC 7983).
        _wire.LosesFromOfferer = _wire.LosesFromAnswerer = datagram => datagram[0] is >= 20 and < 64;
        var (a, b) = await Exchange();
        await Pass(0.5, a, b);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        foreach (var peer in (TestPeer[])[a, b])
        {
            while ((await peer.Peer.GetStats()).IceTime is null)
                await Task.Delay(5, limit.Token);
        }

        await Pass(28, a, b);
        Assert.Equal((PeerState.Connecting, PeerState.Connecting), (a.Peer.State, b.Peer.State));
        await Pass(2, a, b);

        var (server, client) = ((await a.Reaches(PeerState.Failed))!, (await b.Reaches(PeerState.Failed))!);
        Assert.Equal((PeerCause.DtlsTimedOut, PeerCause.DtlsTimedOut), (server.Cause, client.Cause));
        Assert.Contains("not complete in time", server.Text, StringComparison.Ordinal);
        Assert.Contains("not complete in time", client.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_sides_without_a_common_SRTP_profile_say_so_with_the_alert()
    {
        var (a, b) = await Exchange(
            new PeerOptions { Name = "a", SrtpProfiles = [SrtpProfile.AeadAes128Gcm] },
            new PeerOptions { Name = "b", SrtpProfiles = [SrtpProfile.Aes128CmSha1_80], AnswerRole = DtlsRole.Client });

        var server = (await a.Reaches(PeerState.Failed))!;
        var client = (await b.Reaches(PeerState.Failed))!;

        const byte handshakeFailure = 40;
        Assert.Equal((PeerCause.NoCommonSrtpProfile, handshakeFailure), (server.Cause, server.Alert!.Value));
        Assert.Equal((PeerCause.DtlsAlert, handshakeFailure), (client.Cause, client.Alert!.Value));
    }

    [Theory]
    [InlineData(DtlsRole.Client)]
    [InlineData(DtlsRole.Server)]
    public async Task A_peer_that_is_closed_in_the_middle_of_its_handshake_has_hung_up(DtlsRole answerRole)
    {
        // What the server sends is lost, but for its goodbye.
        var isClosing = false;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool Loses(byte[] datagram)
        {
            if (!IsDtls(datagram)) return false;
            begun.TrySetResult();
            return !Volatile.Read(ref isClosing);
        }

        if (answerRole == DtlsRole.Server) _wire.LosesFromAnswerer = Loses;
        else _wire.LosesFromOfferer = Loses;
        var (a, b) = await Exchange(answer: new PeerOptions { Name = "b", AnswerRole = answerRole });
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

        Volatile.Write(ref isClosing, true);
        await b.Peer.Close();

        Assert.Equal(PeerCause.ClosedHere, b.Peer.Reason?.Cause);
        Assert.Equal(PeerCause.ClosedByRemote, (await a.Reaches(PeerState.Closed))?.Cause);
    }

    private static bool IsDtls(byte[] datagram) => Demux.Classify(datagram) == DatagramKind.Dtls;

    private async Task<(TestPeer A, TestPeer B)> Exchange(PeerOptions? offer = null, PeerOptions? answer = null)
    {
        var (a, b) = (new TestPeer(_engine, offer), new TestPeer(_far, answer ?? new PeerOptions
        {
            Name = "b", AnswerRole = DtlsRole.Client,
        }));
        a.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        await _wire.Exchange(a, b);
        return (a, b);
    }

    private async Task Pass(double seconds, params TestPeer[] peers)
    {
        for (var half = 0; half < 2 * seconds; half++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            // A shard looks at the clock when it wakes; checks go to and fro.
            for (var turn = 0; turn < 3; turn++)
            {
                foreach (var peer in peers)
                    await peer.Peer.GetStats();
            }
        }
    }
}
