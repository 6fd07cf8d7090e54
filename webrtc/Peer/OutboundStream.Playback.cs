namespace GoTo.WebRtc.Peer;

/// <content>An announcement: while it plays, what otherwise feeds the stream waits.</content>
internal sealed partial class OutboundStream
{
    private Playback? _playback;

    private bool IsPlaying => _playback is not null;

    private long PlaybackDue => _playback is { } playback && Connection.CanSend(Line) ? playback.Due : long.MaxValue;

    /// <summary>Plays from the start, in place of what was played before; waits for the peer to be able to send.</summary>
    public void Play(Playback playback)
    {
        if (Connection.State is PeerState.Closed or PeerState.Failed)
        {
            playback.End(AnnouncementEnd.ConnectionLost);
            return;
        }

        EndPlayback(AnnouncementEnd.Stopped);
        _rewriter?.SwitchSource();
        _playback = playback;
        Connection.Reschedule();
    }

    /// <summary>Ends what is played, if anything is; the sources feed the stream again from their next packet on.</summary>
    public void EndPlayback(AnnouncementEnd how)
    {
        if (_playback is not { } playback)
            return;
        _playback = null;
        OnSourceGone();
        playback.End(how);
    }

    private void SendDuePlayback(long now)
    {
        while (now >= PlaybackDue && Codec is { } codec)
        {
            if (!_playback!.Use(codec))
            {
                Encode(_playback, codec);
                return;
            }

            if (!_playback.TryTake(now, out var packet, out var isFirst))
            {
                EndPlayback(AnnouncementEnd.Played);
                return;
            }

            var line = Line!;
            OnAudioSent(now);
            Send(
                _rewriter!.Next((byte)line.SendPayloadType, packet.Samples, isFirst, now), line, packet.Payload.Span);
        }
    }

    /// <summary>Has the announcement encoded for this leg, by another thread; it waits until that is done.</summary>
    private void Encode(Playback playback, AudioCodec codec)
    {
        playback.Due = long.MaxValue;
        var shard = Connection.Shard;
        Task.Run(() =>
        {
            try
            {
                playback.Announcement.Encode(codec);
                shard.Post(() => OnEncoded(playback));
            }
            catch (OpusUnavailableException e)
            {
                playback.Fail(e);
                shard.Post(() => OnEncoded(playback));
            }
        });
    }

    private void OnEncoded(Playback playback)
    {
        playback.Due = 0;
        if (playback == _playback && playback.Ended.IsCompleted)
            EndPlayback(AnnouncementEnd.Stopped);
        Connection.Reschedule();
    }
}
