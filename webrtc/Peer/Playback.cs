namespace GoTo.WebRtc.Peer;

/// <summary>The packets of an announcement, each when it is due. Not thread-safe; allocates nothing per packet.</summary>
internal sealed class Playback(Announcement announcement, bool loop)
{
    // A sender that was late by more than this (a remote side that had it on hold) goes on, and does not catch up.
    private static readonly long MaxLate = 200 * TimeSpan.TicksPerMillisecond;

    private readonly TaskCompletionSource<AnnouncementEnd> _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AudioCodec _codec = AudioCodec.Opus;
    private AudioPacket[] _packets = announcement.PacketsIn(AudioCodec.Opus)!;
    private int _next;

    /// <summary>Completes when it ends, however.</summary>
    public Task<AnnouncementEnd> Ended => _ended.Task;

    /// <summary>What is played.</summary>
    public Announcement Announcement => announcement;

    /// <summary>
    /// When the next packet is due, or the last one is over; 0 before the first. The owner may put it off.
    /// </summary>
    public long Due { get; set; }

    /// <summary>Goes on in the codec; false when the announcement has not been encoded in it yet.</summary>
    public bool Use(AudioCodec codec)
    {
        if (codec == _codec)
            return true;
        if (announcement.PacketsIn(codec) is not { } packets)
            return false;
        (_codec, _packets) = (codec, packets);
        _next = Math.Min(_next, packets.Length);
        return true;
    }

    /// <summary>Takes the packet that is due; call when <see cref="Due"/> is past.</summary>
    /// <param name="now">Monotonic time in ticks of 100 ns.</param>
    /// <param name="packet">What to send.</param>
    /// <param name="isFirst">Whether it is the first of all.</param>
    /// <returns>False when all was played.</returns>
    public bool TryTake(long now, out AudioPacket packet, out bool isFirst)
    {
        packet = default;
        isFirst = Due == 0;
        if (_next == _packets.Length)
        {
            if (!loop)
                return false;
            _next = 0;
        }

        packet = _packets[_next++];
        if (isFirst || now - Due > MaxLate)
            Due = now;
        Due += packet.Samples * TimeSpan.TicksPerSecond / _codec.ClockRate;
        return true;
    }

    public void Fail(Exception error) => _ended.TrySetException(error);

    public void End(AnnouncementEnd how) => _ended.TrySetResult(how);
}
