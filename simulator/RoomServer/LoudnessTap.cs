using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>Whether a track speaks, from the levels that its packets carry (RFC 6464).</summary>
internal sealed class LoudnessTap : IRtpTap
{
    // As LiveKit's server has it: this loud, in -dBov, and so much of the time.
    private const int QuietestSpeech = 35;
    private const double LeastShare = 0.4;

    private readonly Lock _lock = new();
    private int _packets;
    private int _loud;
    private int _levels;

    public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt)
    {
        if (header.AudioLevel is not { } level)
            return;
        lock (_lock)
        {
            _packets++;
            if (level > QuietestSpeech)
                return;
            _loud++;
            _levels += level;
        }
    }

    /// <summary>How loud it spoke since the last time, 0 to 1; 0 if it was silent.</summary>
    public float Take()
    {
        lock (_lock)
        {
            var speaks = _loud > 0 && _loud >= _packets * LeastShare;
            var level = speaks ? MathF.Pow(10, -(float)_levels / _loud / 20) : 0;
            (_packets, _loud, _levels) = (0, 0, 0);
            return level;
        }
    }
}
