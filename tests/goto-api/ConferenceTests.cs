using GoTo.EndToEnd.Tests.Phones;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.Api.Tests;

/// <summary>What the far ends of a transfer and of a conference hear of each other, told by the pitch of each.</summary>
public sealed class ConferenceTests : IAsyncLifetime, IRtcPeerEvents
{
    private const string CallerNumber = "+15555550199";
    private const string TargetNumber = "+15555550150";
    private const double Caller = 440;
    private const double Target = 660;

    private readonly RtcEngine _engine = new(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private Given _given = null!;
    private TonePhone _caller = null!;
    private TonePhone _target = null!;

    public async ValueTask InitializeAsync()
    {
        await _engine.Ready;
        _given = await Given.ACloud();
        _caller = await TonePhone.Connect(_given.Cloud.PhoneSocketUrl, _engine, "caller", Caller, Target);
        _target = await TonePhone.Connect(_given.Cloud.PhoneSocketUrl, _engine, "target", Target, Caller);
        await _target.Phone.Register(TargetNumber, Given.Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _caller.DisposeAsync();
        await _target.DisposeAsync();
        await _given.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task After_a_warm_transfer_the_caller_and_the_target_talk_until_one_hangs_up()
    {
        var (call, consult) = await TwoCalls();
        await _given.Calls.Hold(call, Given.Cancellation);

        await _given.Calls.WarmTransfer(call, consult, Given.Cancellation);

        await _caller.Hears(Target);
        await _target.Hears(Caller);
        // A moment after its transfer.
        await Wait.Until(async () => (await _given.Calls.Get(call, Given.Cancellation)).State == CallState.Ended);
        await _caller.Phone.HangUp();
        Assert.Equal("caller_hangup", await _target.Told("ended", "reason"));
        Assert.Equal("caller_hangup", await _caller.Told("ended", "reason"));
        await _target.Hears();
    }

    [Fact]
    public async Task A_phone_that_talks_with_another_one_is_busy()
    {
        var (call, consult) = await TwoCalls();
        await _given.Calls.WarmTransfer(call, consult, Given.Cancellation);
        await _caller.Hears(Target);

        var second = (await _given.Dial($"tel:{TargetNumber}", "again")).CallId;

        CallSnapshot seen;
        do seen = await _given.Calls.Get(second, Given.Cancellation);
        while (seen.State is CallState.Dialing);
        Assert.Equal(CallEndReason.Busy, seen.EndReason);
    }

    [Fact]
    public async Task In_a_conference_the_far_ends_hear_each_other_until_one_is_dropped()
    {
        var (call, consult) = await TwoCalls();
        await _given.Calls.Hold(call, Given.Cancellation);

        await _given.Calls.Merge(call, consult, Given.Cancellation);

        await _caller.Hears(Target);
        await _target.Hears(Caller);
        await _given.Calls.HangUp(consult, HangUpReason.Normal, Given.Cancellation);
        Assert.Equal("agent_hangup", await _target.Told("ended", "reason"));
        await _caller.Hears();
        Assert.Equal(CallState.Connected, (await _given.Calls.Get(call, Given.Cancellation)).State);
    }

    [Fact]
    public async Task Whoever_made_a_conference_may_leave_it_to_the_others()
    {
        var (call, consult) = await TwoCalls();
        await _given.Calls.Merge(call, consult, Given.Cancellation);
        await _caller.Hears(Target);

        await _given.Calls.WarmTransfer(call, consult, Given.Cancellation);

        Assert.Equal(TargetNumber, (await _caller.Told("transferred", "target"))?.Replace("tel:", "", StringComparison.Ordinal));
        await _caller.Hears(Target);
        await _target.Hears(Caller);
    }

    /// <summary>The caller's call and one to the target, both connected with us, who say nothing.</summary>
    private async Task<(string Call, string Consult)> TwoCalls()
    {
        var call = await _caller.Phone.Dial(CallerNumber, Given.Number, Given.Cancellation);
        await Answer(call);
        var consult = (await _given.Dial($"tel:{TargetNumber}")).CallId;
        await Answer(consult);
        await _target.Phone.Answer();
        await _target.Told("connected", "callId");
        return (call, consult);
    }

    private async Task Answer(string call)
    {
        var us = _engine.CreatePeer(new PeerOptions { Name = "us" }, this);
        var offer = (await _given.Calls.Get(call, Given.Cancellation)).SdpOffer!;
        await _given.Calls.Answer(call, await us.AcceptOffer(offer), Given.Cancellation);
    }

    void IRtcPeerEvents.OnStateChanged(PeerState state, PeerReason? reason)
    {
    }

    void IRtcPeerEvents.OnCandidate(string candidate)
    {
    }

    void IRtcPeerEvents.OnFirstPacket(AudioTransceiver transceiver)
    {
    }
}
