using GoTo.WebRtc.Net;
using GoTo.WebRtc.Peer;
using GoTo.WebRtc.Rtp;

namespace GoTo.WebRtc;

/// <summary>
/// What a transceiver sends: one RTP stream of a constant SSRC, whose sequence numbers and timestamps stay continuous
/// whatever feeds it. An announcement feeds it while one is played (<see cref="Play"/>); else its
/// <see cref="Sources"/> do; without any, the application does (<see cref="Send"/>), or silence
/// (<see cref="FillsSilence"/>). To mute a party, take its receiver from the sources of who hears it; to hold a call,
/// take the sources of both legs away. Thread-safe.
/// </summary>
public sealed class AudioSender
{
    private const int MaxDigits = 64;

    private static readonly TimeSpan DefaultDuration = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DefaultGap = TimeSpan.FromMilliseconds(70);

    private readonly Lock _sourcesLock = new();
    private volatile AudioReceiver[] _sources = [];
    private volatile bool _fillsSilence;

    internal AudioSender(AudioTransceiver transceiver, uint ssrc)
    {
        Transceiver = transceiver;
        Ssrc = ssrc;
        Stream = new OutboundStream(this);
    }

    /// <summary>The synchronisation source of all packets sent (RFC 3550 section 3).</summary>
    public uint Ssrc { get; }

    /// <summary>
    /// Whether silence in the negotiated codec is sent while nothing else is (no source, a held one, none for 500 ms):
    /// every 20 ms at first, then every 400 ms, so that the remote side's playout and statistics go on and the next
    /// source joins without a jump. Default: false. Nothing is sent while the negotiated direction does not send.
    /// </summary>
    public bool FillsSilence
    {
        get => _fillsSilence;
        set
        {
            _fillsSilence = value;
            Transceiver.Connection.Shard.Post(() => Stream.FillsSilence = value);
        }
    }

    /// <summary>
    /// The receivers that feed this sender, from their next packet on; none by default. One speaker at a time is passed
    /// on: payload untouched, header rewritten. When two or more speak, or one in another codec than this sender's, they
    /// are decoded, added and encoded (libopus), which delays them by 20 to 60 ms. While an announcement is played they
    /// wait. Receivers of peers that have ended feed nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">A receiver's peer is on another shard.</exception>
    public IReadOnlyList<AudioReceiver> Sources
    {
        get => _sources;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (var receiver in value)
                RequireSameShard(receiver);
            lock (_sourcesLock)
                Feed([.. value.Distinct()]);
        }
    }

    internal AudioTransceiver Transceiver { get; }

    /// <summary>The shard's side of the sender.</summary>
    internal OutboundStream Stream { get; }

    /// <summary>
    /// Sends one packet of encoded audio in the negotiated codec. The payload is copied, so the memory may be used
    /// again. Dropped before the peer is connected, while the negotiated direction does not send, and while a receiver
    /// forwards to this sender.
    /// </summary>
    /// <param name="payload">The codec's payload, 1 to 1,200 bytes.</param>
    /// <param name="samples">
    /// The packet's duration in the codec's RTP clock (RFC 3551; 960 is 20 ms of Opus): the next packet's timestamp is
    /// that much later.
    /// </param>
    /// <param name="marker">The RTP marker bit: the first packet after silence (RFC 3551 section 4.1).</param>
    /// <exception cref="ArgumentOutOfRangeException">The payload's length or the duration is out of range.</exception>
    public void Send(ReadOnlyMemory<byte> payload, int samples, bool marker = false)
    {
        if (payload.Length is 0 or > UdpShard.MaxPayload)
            throw new ArgumentOutOfRangeException(
                nameof(payload), payload.Length, $"An RTP payload is 1 to {UdpShard.MaxPayload} bytes here.");
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        Transceiver.Connection.Shard.PostPayload(Stream, payload.Span, samples, marker);
    }

    /// <summary>
    /// Sends DTMF digits as telephone events (RFC 4733), between the packets of whatever else is sent; after digits
    /// that are under way.
    /// </summary>
    /// <param name="digits">1 to 64 of 0 to 9, *, #, A to D.</param>
    /// <param name="duration">How long each digit lasts: 40 ms to 1 s; 100 ms by default.</param>
    /// <param name="gap">The pause between digits: 50 ms to 1 s; 70 ms by default.</param>
    /// <returns>Completes when the last packet is sent.</returns>
    /// <exception cref="ArgumentException">A digit is none, or there are too few or too many.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The duration or the gap is out of range.</exception>
    /// <exception cref="InvalidOperationException">
    /// The peer cannot send, the remote side takes no telephone events, or one of these happened before the end.
    /// </exception>
    public async ValueTask SendDtmf(string digits, TimeSpan? duration = null, TimeSpan? gap = null)
    {
        ArgumentNullException.ThrowIfNull(digits);
        if (digits.Length is 0 or > MaxDigits || digits.Any(digit => TelephoneEvent.CodeOf(digit) < 0))
            throw new ArgumentException($"DTMF is 1 to {MaxDigits} of 0 to 9, *, #, A to D.", nameof(digits));
        var lasts = duration ?? DefaultDuration;
        var pause = gap ?? DefaultGap;
        RequireUpToASecond(lasts, 40, nameof(duration));
        RequireUpToASecond(pause, 50, nameof(gap));
        var sent = await Transceiver.Connection.Ask(c => Stream.SendDtmf(digits, lasts, pause, c.Shard.Now))
            .ConfigureAwait(false);
        await sent.ConfigureAwait(false);
    }

    /// <summary>
    /// Plays an announcement from its start, in place of what else feeds this sender; with the end, or
    /// <see cref="StopPlaying"/>, that goes on. If the peer cannot send (it is not connected yet, or the remote side
    /// has it on hold), the announcement waits. One that is played already is stopped.
    /// </summary>
    /// <param name="announcement">What to play.</param>
    /// <param name="loop">Whether to begin again at the end, without a gap, until stopped: hold music.</param>
    /// <returns>Completes when the playing has ended, and says how.</returns>
    /// <exception cref="OpusUnavailableException">The leg is G.711, and libopus is not on this machine.</exception>
    public Task<AnnouncementEnd> Play(Announcement announcement, bool loop = false)
    {
        ArgumentNullException.ThrowIfNull(announcement);
        var playback = new Playback(announcement, loop);
        Transceiver.Connection.Shard.Post(new PlaybackStart(Stream, playback));
        return playback.Ended;
    }

    /// <summary>Stops the announcement that is played; does nothing when none is.</summary>
    public void StopPlaying() => Transceiver.Connection.Shard.Post(() => Stream.EndPlayback(AnnouncementEnd.Stopped));

    /// <summary>Takes a receiver from the sources.</summary>
    internal void Remove(AudioReceiver source)
    {
        lock (_sourcesLock)
        {
            if (_sources.Contains(source))
                Feed(Array.FindAll(_sources, other => other != source));
        }
    }

    private void Feed(AudioReceiver[] sources)
    {
        _sources = sources;
        var streams = Array.ConvertAll(sources, source => source.Stream);
        Transceiver.Connection.Shard.Post(() => Stream.FeedFrom(streams));
    }

    private void RequireSameShard(AudioReceiver source)
    {
        var here = Transceiver.Connection;
        var there = source.Transceiver.Connection;
        if (here.Shard != there.Shard)
            throw new InvalidOperationException(
                $"Audio of peer {there.Name} cannot be forwarded to peer {here.Name}: they are on different shards. "
                + "Give both the same PeerOptions.ShardKey.");
    }

    private static void RequireUpToASecond(TimeSpan value, int leastMs, string name)
    {
        if (value < TimeSpan.FromMilliseconds(leastMs) || value > TimeSpan.FromSeconds(1))
            throw new ArgumentOutOfRangeException(name, value, $"The {name} of DTMF is {leastMs} ms to 1 s here.");
    }

    private sealed class PlaybackStart(OutboundStream stream, Playback playback) : IShardWork
    {
        public void Run() => stream.Play(playback);

        public void Abandon() => playback.End(AnnouncementEnd.ConnectionLost);
    }
}
