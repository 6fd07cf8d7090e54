using System.Collections.Concurrent;
using System.Text;
using GoTo.WebRtc;

namespace GoTo.Simulator.Cloud;

/// <summary>The messages that callers have left at voice mailboxes, by their calls, as telephones hear them: 8 kHz.</summary>
internal sealed class VoicemailBox : IDisposable
{
    private readonly ConcurrentDictionary<string, VoicemailMessage> _messages = new();

    public VoicemailMessage Of(string callId) => _messages.GetOrAdd(callId, _ => new VoicemailMessage());

    /// <summary>A message as a WAV file.</summary>
    /// <exception cref="CloudRefusal">The call has left none.</exception>
    public byte[] Wav(string callId) => _messages.TryGetValue(callId, out var message)
        ? message.Wav()
        : throw CloudRefusal.NotFound("NO_VOICEMAIL", "The call has left no message.");

    public void Dispose()
    {
        foreach (var message in _messages.Values)
            message.Dispose();
    }
}

/// <summary>One message, at most <see cref="Longest"/> long.</summary>
internal sealed class VoicemailMessage : IRtpTap, IDisposable
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private const int Rate = 8000;

    private readonly Lock _gate = new();
    private readonly List<short> _samples = [];
    private readonly short[] _decoded = new short[OpusDecoder.MaxSamples];
    private OpusDecoder? _opus;
    private bool _full;

    /// <summary>What the line speaks.</summary>
    public AudioCodec Codec { get; set; } = AudioCodec.Opus;

    public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt)
    {
        lock (_gate)
        {
            if (_full || (_full = _samples.Count >= Rate * Longest.TotalSeconds))
                return;
            if (Codec != AudioCodec.Opus)
            {
                G711.Decode(Codec, payload, _decoded);
                _samples.AddRange(_decoded.AsSpan(0, payload.Length));
            }
            else if ((_opus ??= new OpusDecoder(Rate)).TryDecode(payload, _decoded, out var count))
            {
                _samples.AddRange(_decoded.AsSpan(0, count));
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _opus?.Dispose();
            _full = true;
        }
    }

    public byte[] Wav()
    {
        lock (_gate)
        {
            using var file = new MemoryStream();
            using var writer = new BinaryWriter(file);
            var bytes = _samples.Count * sizeof(short);
            writer.Write(Encoding.ASCII.GetBytes("RIFF"));
            writer.Write(36 + bytes);
            writer.Write(Encoding.ASCII.GetBytes("WAVEfmt "));
            // PCM, mono, 16 bits.
            writer.Write(16);
            writer.Write((short)1);
            writer.Write((short)1);
            writer.Write(Rate);
            writer.Write(Rate * sizeof(short));
            writer.Write((short)sizeof(short));
            writer.Write((short)16);
            writer.Write(Encoding.ASCII.GetBytes("data"));
            writer.Write(bytes);
            foreach (var sample in _samples)
                writer.Write(sample);
            writer.Flush();
            return file.ToArray();
        }
    }
}
