using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using GoTo.WebRtc;
using GoTo.WebRtc.Srtp;

namespace GoTo.Bench;

/// <summary>
/// <c>srtp</c>: the cost of protecting an RTP packet, and of protecting and unprotecting it, for both profiles and both
/// implementations. A packet of 92 bytes is 80 of Opus at 32 kbit/s and 20 ms; 172 is 160 of G.711. A packet can be
/// unprotected once only, so its cost is the difference of the two.
/// </summary>
[MemoryDiagnoser]
public class SrtpBenchmarks : IDisposable
{
    private readonly byte[] _packet = new byte[1500];
    private SrtpSession? _sender;
    private SrtpSession? _receiver;
    private ushort _sequence;

    /// <summary>The SRTP profile.</summary>
    [Params(SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmSha1_80)]
    public SrtpProfile Profile { get; set; }

    /// <summary>Whose ciphers.</summary>
    [Params(SrtpImplementation.Automatic, SrtpImplementation.Platform)]
    public SrtpImplementation Implementation { get; set; }

    /// <summary>Bytes of RTP, the header of 12 included.</summary>
    [Params(92, 172)]
    public int Length { get; set; }

    /// <summary>Makes the keys and the packet.</summary>
    [GlobalSetup]
    public void Setup()
    {
        if (Implementation == SrtpImplementation.Automatic
            && SrtpPrimitives.For(Implementation) != SrtpPrimitives.Intrinsics)
        {
            throw new PlatformNotSupportedException("This processor lacks AES-NI or PCLMULQDQ.");
        }

        var random = new Random(1);
        byte[] Bytes(int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }

        var salt = Profile == SrtpProfile.AeadAes128Gcm ? 12 : 14;
        var keys = new SrtpKeys(Profile, Bytes(16), Bytes(salt), Bytes(16), Bytes(salt));
        _sender = new SrtpSession(keys, Implementation);
        _receiver = new SrtpSession(
            new SrtpKeys(Profile, keys.RemoteKey, keys.RemoteSalt, keys.LocalKey, keys.LocalSalt), Implementation);
        random.NextBytes(_packet);
        _packet[0] = 0x80;
    }

    /// <summary>Protects one packet.</summary>
    /// <returns>Its protected length.</returns>
    [Benchmark]
    public int Protect()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), _sequence++);
        return _sender!.ProtectRtp(_packet, Length);
    }

    /// <summary>Protects one packet and unprotects it.</summary>
    /// <returns>Its length; a wrong result fails the run.</returns>
    [Benchmark]
    public int ProtectAndUnprotect()
    {
        var result = _receiver!.UnprotectRtp(_packet.AsSpan(0, Protect()), out var length);
        return result == SrtpResult.Ok ? length : throw new InvalidOperationException($"SRTP: {result}");
    }

    /// <summary>Frees the ciphers.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _sender?.Dispose();
        _receiver?.Dispose();
        GC.SuppressFinalize(this);
    }
}
