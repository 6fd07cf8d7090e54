using GoTo.WebRtc.Mixing;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Rtp;

namespace GoTo.WebRtc.Peer;

/// <content>
/// Several sources, or one of another codec: while one of them speaks and its codec is ours, its packets are passed on
/// untouched; else they are decoded, added and encoded by the codec thread, and its packets are sent in their place.
/// </content>
internal sealed partial class OutboundStream
{
    // A pause between two words is shorter.
    private static readonly long SpeechTime = 500 * TimeSpan.TicksPerMillisecond;

    // Longer than what the codec thread may be late by; the timestamp then goes by the time that has passed.
    private static readonly long MixPauseTime = 100 * TimeSpan.TicksPerMillisecond;

    private static readonly long RetryTime = TimeSpan.FromSeconds(1).Ticks;

    private LegMix? _mix;
    private Route? _speaker;
    private bool _isMixing;
    private MixRefusal? _refusal;
    private long _tryMixAt;
    private long _mixedAt;

    /// <summary>A packet of one of several sources, or of a codec that is not ours.</summary>
    private void ForwardMixed(
        Route route, MediaLine source, MediaLine to, int payloadType, in RtpHeader header,
        scoped ReadOnlySpan<byte> payload, long now)
    {
        if (source.IsTones(header.PayloadType))
        {
            ForwardEvent(route, source, to, header, payload, now);
            return;
        }

        if (source.ReceivedCodec(header.PayloadType) is not { } codec || to.Codec is null)
        {
            route.From.Drop();
            return;
        }

        route.Hear(codec, isOurs: payloadType != MediaLine.None, payload, now);
        if (MixFor(to, now) is { } mix)
            route.InputOf(mix, codec).Push(header.SequenceNumber, payload);
        Choose(route, now);
        if (_isMixing)
            return;
        if (payloadType == MediaLine.None)
            route.From.Drop();
        else if (route == _speaker)
            PassOn(route, to, payloadType, header, payload, now);
    }

    /// <summary>Decides who is passed on, or that the mix is sent.</summary>
    private void Choose(Route route, long now)
    {
        var speakers = 0;
        var last = _speaker;
        foreach (var other in _routes)
        {
            if (now - other.HeardAt >= SpeechTime)
                continue;
            speakers++;
            _speaker = other;
        }

        if (speakers != 1)
            _speaker = last ?? route;
        var isMixing = _mix is not null && (speakers > 1 || !_speaker!.IsOurs);
        if (_speaker != last || isMixing != _isMixing)
            _rewriter!.SwitchSource();
        _isMixing = isMixing;
        if (_mix is not null)
            _mix.Emits = isMixing;
    }

    /// <summary>A packet of a telephone event (RFC 4733) of a source in another clock, or of one of several.</summary>
    private void ForwardEvent(
        Route route, MediaLine source, MediaLine to, in RtpHeader header, ReadOnlySpan<byte> payload, long now)
    {
        if (to.SendToneType == MediaLine.None || !TelephoneEvent.TryParse(payload, out var received))
        {
            route.From.Drop();
            return;
        }

        var isFirst = route.BeginsEvent(header);
        if (isFirst)
            route.EventTimestamp = _rewriter!.BeginEvent(now);
        Span<byte> rescaled = stackalloc byte[TelephoneEvent.Length];
        received.Rescale(source.ToneClockRate(header.PayloadType), ClockRate).Write(rescaled);
        Send(_rewriter!.Insert((byte)to.SendToneType, route.EventTimestamp, isFirst), to, rescaled);
    }

    private LegMix? MixFor(MediaLine to, long now)
    {
        if (_mix?.Codec == to.Codec)
            return _mix;
        EndMix();
        if (now < _tryMixAt)
            return null;
        var refusal = TryMix(to.Codec!);
        _tryMixAt = refusal is null ? 0 : now + RetryTime;
        if (refusal is { } why && why != _refusal)
            Connection.ReportNoMix(sender.Transceiver, why);
        _refusal = refusal;
        return _mix;
    }

    private MixRefusal? TryMix(AudioCodec codec)
    {
        try
        {
            var packets = new MixedPackets(this);
            var mix = packets.Mix = new LegMix(codec, packets);
            if (Connection.Codecs.TryAdd(mix))
            {
                _mix = mix;
                return null;
            }

            mix.Dispose();
            return MixRefusal.NoCapacity;
        }
        catch (OpusUnavailableException)
        {
            return MixRefusal.NoLibopus;
        }
    }

    private void EndMix()
    {
        if (_mix is not { } mix)
            return;
        mix.IsOver = true;
        _mix = null;
        _isMixing = false;
        foreach (var route in _routes)
            route.ForgetInput();
    }

    private void SendMixed(LegMix from, ReadOnlySpan<byte> payload, int samples, long now)
    {
        var line = Line;
        // What was under way when the mix ended is not sent after it.
        if (from != _mix || !_isMixing || IsPlaying || !Connection.CanSend(line) || line!.Codec != from.Codec)
            return;
        if (now - _mixedAt > MixPauseTime)
            _rewriter!.SwitchSource();
        _mixedAt = now;
        OnAudioSent(now);
        if (Send(_rewriter!.Next((byte)line.SendPayloadType, samples, marker: false, now), line, payload))
            Connection.Shard.Counters.PacketsMixed++;
    }

    /// <summary>Brings the packets of a mix from the codec thread to the shard's.</summary>
    private sealed class MixedPackets(OutboundStream stream) : IMixSink, IPayloadTarget
    {
        public LegMix? Mix { get; set; }

        public void OnMixed(ReadOnlySpan<byte> payload, int samples) =>
            stream.Connection.Shard.PostPayload(this, payload, samples, marker: false);

        public void Send(ReadOnlySpan<byte> payload, int samples, bool marker, long now) =>
            stream.SendMixed(Mix!, payload, samples, now);
    }
}
