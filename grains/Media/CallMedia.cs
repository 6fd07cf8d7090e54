using System.Threading.Channels;
using GoTo.Calls;
using GoTo.LiveKit;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging;

namespace GoTo.Media;

/// <summary>
/// The audio of one call: its participant in the room, its leg to GoTo, and the two joined by pass-through, Opus as it
/// came. Engine and room report from their own threads; <see cref="Reports"/> hands that on in order.
/// </summary>
internal sealed partial class CallMedia(CallKey call, ICallGrain grain, MediaHost host) : IRoomEvents, IAsyncDisposable
{
    private readonly ILogger _logger = host.Logs.CreateLogger<CallMedia>();
    private readonly Channel<CallCommand> _reports = Channel.CreateBounded<CallCommand>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Lock _legs = new();
    private readonly List<RemoteAudioTrack> _voices = [];
    private RoomParticipant? _participant;
    private PhoneLeg? _phone;
    private MediaFlow _flow;
    private volatile bool _closed;

    private const string ClosedMeanwhile = "the call's audio was closed meanwhile";

    /// <summary>What the call should know; ends when the audio is closed.</summary>
    public IAsyncEnumerable<CallCommand> Reports => _reports.Reader.ReadAllAsync();

    /// <summary>The call is in its room, and neither leg has failed.</summary>
    public bool IsOpen => !_closed && _participant is not null && !IsLost;

    /// <summary>Somebody's audio reaches us from the room.</summary>
    public bool HasAgent
    {
        get
        {
            lock (_legs) return _voices.Count > 0;
        }
    }

    /// <summary>There was audio, and it is gone for good.</summary>
    public bool IsLost =>
        _participant is { Disconnect: not null } || _phone is { Peer.State: PeerState.Failed or PeerState.Closed };

    public async Task<OfferReply> AcceptOffer(string sdpOffer)
    {
        if (_phone is { } present && present.Offer == sdpOffer) return new OfferReply(present.Answer, null);
        var leg = PhoneLeg.Create(host, $"{call} phone", ShardKey);
        try
        {
            await leg.AcceptOffer(sdpOffer);
            if (leg.Audio is null) return await Refuse("the offer has no active audio");
            var earlier = _phone;
            if (!Keep(() => _phone = leg)) return await Refuse(ClosedMeanwhile);
            leg.Join(this);
            if (earlier is not null) await earlier.Peer.Close();
            return new OfferReply(leg.Answer, null);
        }
        catch (SdpException e)
        {
            return await Refuse(e.Message);
        }
        catch
        {
            await leg.Peer.Close();
            throw;
        }

        async Task<OfferReply> Refuse(string why)
        {
            await leg.Peer.Close();
            return new OfferReply(null, why);
        }
    }

    /// <summary>Takes the leg that was offered with a dial, before there was a call; why it cannot, null when it has it.</summary>
    public async Task<string?> TakeOffered(string dial)
    {
        if (_phone is not null) return null;
        if (host.TakeOffered(dial) is not { Audio: not null, Answer: not null } leg)
            return "the audio that was offered with the dial is gone, or GoTo's answer to it was lost";
        if (!Keep(() => _phone = leg))
        {
            await leg.Peer.Close();
            return ClosedMeanwhile;
        }
        leg.Join(this);
        return null;
    }

    public Task AddCandidate(string candidate) => _phone is { } phone
        ? phone.Peer.AddCandidate(candidate).AsTask()
        : Task.CompletedTask;

    /// <summary>Plays an announcement to the phone; why it was not played to its end, null when it was.</summary>
    public async Task<string?> Announce(string name, CancellationToken cancellationToken)
    {
        if (_phone?.Audio is not { Sender: var phone }) return "the phone has no audio";
        try
        {
            await using var stop = cancellationToken.Register(phone.StopPlaying);
            return await phone.Play(host.Announcements.Find(name)) switch
            {
                AnnouncementEnd.Played => null,
                AnnouncementEnd.Stopped => "it was stopped",
                _ => "the phone's audio was lost",
            };
        }
        catch (Exception e) when (e is AnnouncementException or OpusUnavailableException)
        {
            return e.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        PhoneLeg? phone;
        RoomParticipant? participant;
        lock (_legs)
        {
            _closed = true;
            (phone, participant) = (_phone, _participant);
        }
        if (phone is not null) await phone.Peer.Close();
        TellStatus(SipCallStatus.HangUp);
        if (participant is not null) await participant.DisposeAsync();
        _reports.Writer.TryComplete();
        host.Forget(this);
    }

    /// <summary>From the next packet on. What is not passed on is replaced by silence in the same stream, so resuming is seamless.</summary>
    public void LetFlow(MediaFlow flow)
    {
        lock (_legs)
        {
            var (before, sender) = (_flow, _phone?.Audio?.Sender);
            _flow = flow;
            if (flow.OnHold || before.Announcement is not null && flow.Announcement is null) sender?.StopPlaying();
            Bridge();
            if (flow.Announcement is { } name && name != before.Announcement && sender is not null) PlayOn(sender, name);
        }
    }

    /// <summary>Until it is stopped. A caller who waits in silence since there is no such announcement still waits.</summary>
    private void PlayOn(AudioSender phone, string name)
    {
        try
        {
            _ = phone.Play(host.Announcements.Find(name), loop: true);
        }
        catch (Exception e) when (e is AnnouncementException or OpusUnavailableException)
        {
            _logger.NotAnnounced(call, e.Message);
        }
    }

    /// <summary>The audio cannot stay here: the call has to see where it goes.</summary>
    public void GiveUp(string why) => Report(new CallCommand.FailMedia(why));

    /// <summary>Plays an announcement for a command, whose outcome is reported at its end.</summary>
    public async Task Play(CommandId command, string name)
    {
        var failure = await Announce(name, CancellationToken.None);
        Report(new CallCommand.Settle(command, failure is null ? CommandFailure.None : CommandFailure.NoAudio, failure));
    }

    /// <summary>What a leg of the phone reports counts as long as it is the present one.</summary>
    public void Hear(PhoneLeg leg, CallCommand report)
    {
        if (_phone == leg && !_closed) Report(report);
    }

    public void Note(PeerState state, PeerReason? reason) => _logger.PhoneLeg(call, state, reason);

    /// <summary>Both legs of a call share a shard, so that audio passes without leaving its thread.</summary>
    private int ShardKey => PhoneLeg.ShardOf(_dial) ?? call.GetHashCode();

    /// <summary>Takes a new leg in, unless the audio was closed while it came about.</summary>
    private bool Keep(Action take)
    {
        lock (_legs)
        {
            if (_closed) return false;
            take();
            Bridge();
            return true;
        }
    }

    /// <summary>
    /// Joins what there is of the two legs; again after every change. The phone hears all voices of the room: one that
    /// speaks alone packet for packet, as it came, and several at once mixed (<see cref="AudioSender.Sources"/>).
    /// </summary>
    private void Bridge()
    {
        if (_phone?.Audio is not { } phone || _participant is not { } room) return;
        room.Microphone.FillsSilence = !_flow.FromPhone;
        room.Microphone.Sources = _flow.FromPhone ? [phone.Receiver] : [];
        phone.Sender.FillsSilence = !_flow.FromAgent || _voices.Count == 0;
        phone.Sender.Sources = _flow.FromAgent ? [.. _voices.Select(voice => voice.Receiver)] : [];
        foreach (var voice in _voices)
            voice.Receiver.Tap ??= new FirstPacket(voice.Receiver, () => Report(new CallCommand.StartAudio(AudioDirection.FromAgent)));
    }

    private void Report(CallCommand report) => _reports.Writer.TryWrite(report);

    /// <summary>Says once that audio has come, then is out of the way.</summary>
    private sealed class FirstPacket(AudioReceiver receiver, Action seen) : IRtpTap
    {
        public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt)
        {
            receiver.Tap = null;
            seen();
        }
    }
}
