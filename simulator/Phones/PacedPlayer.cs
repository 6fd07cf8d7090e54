using GoTo.WebRtc;

namespace GoTo.Simulator.Phones;

/// <summary>
/// Hands out packets at the pace of their audio. Each is due at a fixed time after the start, so a late one delays none
/// of those behind it and the pace does not drift.
/// </summary>
public static class PacedPlayer
{
    private const int ClockRate = 48000;

    // Timers count in whole milliseconds.
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(1);

    /// <summary>Hands out all packets, each when it is due; 48 kHz counts their samples.</summary>
    /// <param name="packets">What is to be heard.</param>
    /// <param name="send">Takes one packet.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Falls silent.</param>
    public static async Task Play(
        IEnumerable<OpusPacket> packets, Action<OpusPacket> send, TimeProvider time, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var samples = 0L;
        foreach (var packet in packets)
        {
            var due = TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / ClockRate);
            for (var wait = due - time.GetElapsedTime(start);
                wait > TimeSpan.Zero;
                wait = due - time.GetElapsedTime(start))
            {
                await Task.Delay(wait > Resolution ? wait : Resolution, time, cancellation);
            }
            cancellation.ThrowIfCancellationRequested();
            send(packet);
            samples += packet.Samples;
        }
    }
}
