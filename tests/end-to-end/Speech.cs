using System.Buffers.Binary;
using GoTo.WebRtc;

namespace GoTo.EndToEnd.Tests;

/// <summary>What the phones say.</summary>
internal sealed class Speech : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>A few seconds of speech.</summary>
    public static IReadOnlyList<OpusPacket> Recorded { get; } =
        OggOpusReader.ReadFile(Path.Combine(AppContext.BaseDirectory, "assets", "speech.opus")).Packets;

    /// <summary>Half a second, each packet with bytes of its own.</summary>
    public static IEnumerable<OpusPacket> Short => Packets().Take(25);

    /// <summary>Goes on until <see cref="Stop"/>, each packet with bytes of its own.</summary>
    public IEnumerable<OpusPacket> UntilStopped => Packets().TakeWhile(_ => !_stop.IsCancellationRequested);

    public void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private static IEnumerable<OpusPacket> Packets()
    {
        for (var i = 0; ; i++)
        {
            var payload = new byte[60];
            payload[0] = 0x78; // RFC 6716, section 3.1: one frame of 20 ms
            BinaryPrimitives.WriteInt32BigEndian(payload.AsSpan(1), i);
            yield return new OpusPacket(payload, 960);
        }
    }
}
