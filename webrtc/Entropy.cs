using System.Buffers.Binary;
using System.Security.Cryptography;

namespace GoTo.WebRtc;

/// <summary>
/// Where the engine's random bits come from. The core takes it as an argument, so that a test replays a session from a
/// seed. <see cref="System"/> may be shared by threads; a seeded source belongs to one thread.
/// </summary>
internal abstract class Entropy
{
    private const string IceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>The operating system's cryptographic source; the only one for use outside tests.</summary>
    public static Entropy System { get; } = new SystemEntropy();

    /// <summary>A reproducible source for tests. It is not cryptographic.</summary>
    public static Entropy Seeded(int seed) => new SeededEntropy(seed);

    /// <summary>Fills the buffer with random bytes.</summary>
    public abstract void Fill(Span<byte> buffer);

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Fill(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    /// <summary>A number from 0 to <paramref name="maxExclusive"/> - 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int Next(int maxExclusive)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxExclusive);

        // A 64-bit product leaves a bias below 2^-32, which no use of this engine can see.
        return (int)(((ulong)NextUInt32() * (ulong)maxExclusive) >> 32);
    }

    /// <summary>Random ice-chars (RFC 8839 section 5.4): 6 bits of entropy a character.</summary>
    public string NextIceChars(int length) => string.Create(length, this, static (chars, entropy) =>
    {
        Span<byte> bytes = stackalloc byte[64];
        while (!chars.IsEmpty)
        {
            var count = Math.Min(chars.Length, bytes.Length);
            entropy.Fill(bytes[..count]);
            for (var i = 0; i < count; i++) chars[i] = IceChars[bytes[i] & 63];
            chars = chars[count..];
        }
    });

    /// <summary>
    /// Asked for 12 bytes the system's source takes microseconds, and for 512 hardly longer: each thread draws ahead.
    /// </summary>
    private sealed class SystemEntropy : Entropy
    {
        private const int Drawn = 512;

        [ThreadStatic]
        private static byte[]? _ahead;

        [ThreadStatic]
        private static int _left;

        public override void Fill(Span<byte> buffer)
        {
            if (buffer.Length > Drawn)
            {
                RandomNumberGenerator.Fill(buffer);
                return;
            }

            _ahead ??= new byte[Drawn];
            if (_left < buffer.Length)
            {
                RandomNumberGenerator.Fill(_ahead);
                _left = Drawn;
            }

            // What is given away does not stay here.
            var taken = _ahead.AsSpan(_left -= buffer.Length, buffer.Length);
            taken.CopyTo(buffer);
            taken.Clear();
        }
    }

    private sealed class SeededEntropy(int seed) : Entropy
    {
        // SplitMix64: the same sequence on every runtime, which System.Random does not promise.
        private ulong _state = (ulong)seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03;

        public override void Fill(Span<byte> buffer)
        {
            Span<byte> block = stackalloc byte[sizeof(ulong)];
            while (!buffer.IsEmpty)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(block, NextBlock());
                var count = Math.Min(buffer.Length, block.Length);
                block[..count].CopyTo(buffer);
                buffer = buffer[count..];
            }
        }

        private ulong NextBlock()
        {
            _state += 0x9E3779B97F4A7C15;
            var z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
