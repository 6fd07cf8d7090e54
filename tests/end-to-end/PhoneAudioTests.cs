using GoTo.Calls;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.EndToEnd.Tests;

/// <summary>A phone's audio and GoTo's word on its call come by different ways, and not in a fixed order.</summary>
[Collection(HouseCollection.Name)]
public sealed class PhoneAudioTests(House house) : IAsyncLifetime, IRtcPeerEvents
{
    private readonly RtcEngine _engine = new(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RawPhone _phone = null!;

    public async ValueTask InitializeAsync() => _phone = await RawPhone.Connect(house.World.Cloud.PhoneSocketUrl);

    public async ValueTask DisposeAsync()
    {
        await _phone.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task A_phone_that_closes_its_audio_before_GoTo_says_ended_has_simply_hung_up()
    {
        var call = await CallWhoseAudioIsClosed();
        await using var journal = house.Service.Follow(call);

        await _phone.HangUp();

        var events = await journal.ToEnd();
        Assert.Equal(EndReason.RemoteHangUp, ((Ended)events[^1]).Reason);
        Assert.DoesNotContain(events, e => e is MediaFailed or HangUpIntended);
    }

    [Fact]
    public async Task A_call_whose_phone_has_closed_its_audio_and_stays_is_hung_up()
    {
        var call = await CallWhoseAudioIsClosed();
        await using var journal = house.Service.Follow(call);

        var ended = await _phone.HearsOf("ended");

        Assert.Equal("agent_hangup", (string?)ended["reason"]);
        var events = await journal.ToEnd();
        Assert.Contains("Closed", Assert.Single(events.OfType<MediaFailed>()).Detail, StringComparison.Ordinal);
        Assert.Equal(new HangUpIntended(HangUpReason.Normal, "cluster"), Assert.Single(events.OfType<HangUpIntended>()));
        Assert.Equal(EndReason.LocalHangUp, ((Ended)events[^1]).Reason);
    }

    void IRtcPeerEvents.OnStateChanged(PeerState state, PeerReason? reason)
    {
        if (state is PeerState.Connected) _connected.TrySetResult();
    }

    void IRtcPeerEvents.OnCandidate(string candidate)
    {
    }

    void IRtcPeerEvents.OnFirstPacket(AudioTransceiver transceiver)
    {
    }

    private async Task<CallKey> CallWhoseAudioIsClosed()
    {
        var peer = _engine.CreatePeer(new PeerOptions { Name = "phone" }, this);
        peer.AddTransceiver(TransceiverDirection.SendRecv);
        var call = await _phone.Dial(World.Number, await peer.CreateOffer());
        await peer.AcceptAnswer((string)(await _phone.HearsOf("answer"))["sdp"]!);
        await house.Silo.Logs($"Call {call}: the phone's audio connection is Connected");
        // The phone too: one that closes in the middle of its handshake breaks it off, which is another story.
        await _connected.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await peer.Close();
        await house.Silo.Logs($"Call {call}: the phone's audio connection is Closed");
        return call;
    }
}
