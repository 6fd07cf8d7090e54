namespace GoTo.WebRtc.Peer;

/// <content>
/// Silence while nothing feeds the stream: often at first, so that the remote side's playout settles, then just enough
/// to keep paths, statistics and playout alive.
/// </content>
internal sealed partial class OutboundStream
{
    private const int FirstFrames = 10;
    private const int FrameMs = 20;

    private static readonly long FrameTime = FrameMs * TimeSpan.TicksPerMillisecond;
    private static readonly long RareTime = 400 * TimeSpan.TicksPerMillisecond;

    // Longer than the 400 ms that a source in discontinuous transmission is quiet for.
    private static readonly long PauseTime = 500 * TimeSpan.TicksPerMillisecond;

    // 20 ms of Opus in one frame, full band and mono (RFC 6716 section 3.1), that decodes to silence.
    private static readonly byte[] OpusSilence = [0xF8, 0xFF, 0xFE];

    // The quietest sample of each law (ITU-T G.711).
    private static readonly byte[] PcmuSilence = G711Silence(0xFF);
    private static readonly byte[] PcmaSilence = G711Silence(0xD5);

    private bool _fillsSilence;
    private int _silentFrames;
    private long _lastSentAt;
    private long _quietAfter;

    /// <summary>Whether silence is sent while nothing else is.</summary>
    public bool FillsSilence
    {
        get => _fillsSilence;
        set
        {
            _fillsSilence = value;
            Connection.Reschedule();
        }
    }

    private long SilenceDue
    {
        get
        {
            if (!_fillsSilence || IsPlaying || !Connection.CanSend(Line) || SilenceOf(Codec).IsEmpty)
                return long.MaxValue;
            // The rare ones of all streams together, on a beat of frames.
            if (_silentFrames >= FirstFrames)
                return (_lastSentAt + RareTime) / FrameTime * FrameTime;
            return _lastSentAt + (_silentFrames == 0 ? _quietAfter : FrameTime);
        }
    }

    private AudioCodec? Codec => Line?.Codec;

    private void SendDueSilence(long now)
    {
        if (now < SilenceDue)
            return;
        var line = Line!;
        var header = _rewriter!.Silence((byte)line.SendPayloadType, marker: _silentFrames == 0, now);
        Send(header, line, SilenceOf(Codec));
        _silentFrames++;
        _lastSentAt = now;
    }

    /// <summary>Audio was sent, which ends the silence.</summary>
    private void OnAudioSent(long now)
    {
        _silentFrames = 0;
        _lastSentAt = now;
        _quietAfter = PauseTime;
    }

    private static ReadOnlySpan<byte> SilenceOf(AudioCodec? codec) =>
        codec == AudioCodec.Opus ? OpusSilence
        : codec == AudioCodec.Pcmu ? PcmuSilence
        : codec == AudioCodec.Pcma ? PcmaSilence : [];

    private static byte[] G711Silence(byte sample)
    {
        var frame = new byte[AudioCodec.Pcmu.ClockRate * FrameMs / 1000];
        Array.Fill(frame, sample);
        return frame;
    }
}
