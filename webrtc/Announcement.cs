using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using GoTo.WebRtc.Net;

namespace GoTo.WebRtc;

/// <summary>
/// Recorded audio that a sender plays (<see cref="AudioSender.Play"/>): an announcement, hold music, a ring-back tone.
/// Read once, it may be played by many senders at a time. Immutable, thread-safe.
/// </summary>
public sealed class Announcement
{
    private readonly ConcurrentDictionary<AudioCodec, AudioPacket[]> _encodings = new();

    private Announcement(IReadOnlyList<OpusPacket> packets)
    {
        if (packets.Count == 0)
            throw new InvalidDataException("An announcement has at least one packet.");
        var longest = packets.Max(packet => packet.Payload.Length);
        if (longest > UdpShard.MaxPayload)
            throw new InvalidDataException(
                $"A packet of the announcement has {longest} bytes; an RTP packet here holds {UdpShard.MaxPayload}. "
                + "Encode it with packets of 20 ms.");
        _encodings[AudioCodec.Opus] =
            [.. packets.Select(packet => new AudioPacket(packet.Payload, packet.Samples))];
        Duration = AudioCodec.Opus.Duration(packets.Sum(packet => packet.Samples));
    }

    /// <summary>How long it lasts, played once.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Reads an Ogg Opus file (RFC 7845) of at most 100,000 packets, which is 33 minutes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OggOpusException">The file is damaged, not Ogg Opus, or longer than allowed.</exception>
    /// <exception cref="InvalidDataException">It has no audio, or packets too long for RTP.</exception>
    public static Announcement ReadFile(string path) => new(OggOpusReader.ReadFile(path).Packets);

    /// <summary>Reads a stream of an Ogg Opus file from its current position; otherwise as above.</summary>
    /// <param name="stream">The bytes of the file.</param>
    /// <exception cref="OggOpusException">The file is damaged, not Ogg Opus, or longer than allowed.</exception>
    /// <exception cref="InvalidDataException">It has no audio, or packets too long for RTP.</exception>
    public static Announcement Read(Stream stream) => new(OggOpusReader.Read(stream).Packets);

    /// <summary>Makes one of packets that are encoded already.</summary>
    /// <param name="packets">Opus, in order.</param>
    /// <exception cref="InvalidDataException">There are none, or one is too long for RTP.</exception>
    public static Announcement Of(IReadOnlyList<OpusPacket> packets) => new(packets);

    /// <summary>The packets as Opus, or as G.711 once <see cref="Encode"/> has made them; else none.</summary>
    internal AudioPacket[]? PacketsIn(AudioCodec codec) => _encodings.GetValueOrDefault(codec);

    /// <summary>Makes the packets of G.711, of 20 ms each; a second of audio takes some milliseconds.</summary>
    /// <exception cref="OpusUnavailableException">libopus is not on this machine.</exception>
    internal void Encode(AudioCodec codec) => _encodings.GetOrAdd(codec, Transcode);

    private AudioPacket[] Transcode(AudioCodec codec)
    {
        const int frame = 160;
        using var decoder = new OpusDecoder(codec.ClockRate);
        var samples = new List<short>();
        var decoded = new short[OpusDecoder.MaxSamples];
        foreach (var packet in _encodings[AudioCodec.Opus])
        {
            if (decoder.TryDecode(packet.Payload.Span, decoded, out var count))
                samples.AddRange(decoded.AsSpan(0, count));
        }

        while (samples.Count % frame != 0)
            samples.Add(0);
        var payload = new byte[samples.Count];
        G711.Encode(codec, CollectionsMarshal.AsSpan(samples), payload);
        return [.. Enumerable.Range(0, payload.Length / frame)
            .Select(i => new AudioPacket(payload.AsMemory(i * frame, frame), frame))];
    }
}

/// <summary>A packet of encoded audio.</summary>
/// <param name="Payload">The RTP payload.</param>
/// <param name="Samples">Its duration in the codec's RTP clock.</param>
internal readonly record struct AudioPacket(ReadOnlyMemory<byte> Payload, int Samples);

/// <summary>How the playing of an <see cref="Announcement"/> ended.</summary>
public enum AnnouncementEnd
{
    /// <summary>It was played to its end.</summary>
    Played,

    /// <summary>It was stopped, or another took its place.</summary>
    Stopped,

    /// <summary>The peer connection closed or failed before the end.</summary>
    ConnectionLost,
}
