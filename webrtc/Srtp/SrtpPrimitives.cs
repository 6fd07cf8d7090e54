using System.Runtime.Intrinsics.X86;
using GoTo.WebRtc.Hmac;

namespace GoTo.WebRtc.Srtp;

/// <summary>AES-128 in counter mode; the low 32 bits of the counter block count up, big-endian.</summary>
internal abstract class Aes128Counter : IDisposable
{
    /// <summary>Encrypts or decrypts in place, beginning with the key stream of the 16-byte block given.</summary>
    public abstract void Transform(ReadOnlySpan<byte> counterBlock, Span<byte> data);

    public abstract void Dispose();
}

/// <summary>AES-128-GCM with a 12-byte nonce and a 16-byte tag (NIST SP 800-38D).</summary>
internal abstract class Aes128Gcm : IDisposable
{
    /// <summary>Encrypts in place and writes the tag.</summary>
    public abstract void Encrypt(
        ReadOnlySpan<byte> nonce, Span<byte> data, Span<byte> tag, ReadOnlySpan<byte> associated);

    /// <summary>Decrypts in place; false when the tag is wrong, and then the data is useless.</summary>
    public abstract bool Decrypt(
        ReadOnlySpan<byte> nonce, Span<byte> data, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> associated);

    public abstract void Dispose();
}

/// <summary>The seam between SRTP and its ciphers: one implementation each by the platform and by intrinsics.</summary>
internal abstract class SrtpPrimitives
{
    private static readonly Lazy<bool> IntrinsicsAgree = new(() => SrtpSelfTest.Passes(Intrinsics!, Platform!));

    /// <summary>The platform's cryptography.</summary>
    public static SrtpPrimitives Platform { get; } = new PlatformPrimitives();

    /// <summary>AES-NI and PCLMULQDQ; to be used only where <see cref="IntrinsicsSupported"/>.</summary>
    public static SrtpPrimitives Intrinsics { get; } = new IntrinsicPrimitives();

    /// <summary>Whether this processor has the instructions.</summary>
    public static bool IntrinsicsSupported => Aes.IsSupported && Pclmulqdq.IsSupported && Ssse3.IsSupported;

    /// <summary>What an option stands for on this machine.</summary>
    public static SrtpPrimitives For(SrtpImplementation implementation) =>
        implementation == SrtpImplementation.Automatic && IntrinsicsSupported && IntrinsicsAgree.Value
            ? Intrinsics
            : Platform;

    public abstract Aes128Counter CreateCounter(ReadOnlySpan<byte> key);

    public abstract Aes128Gcm CreateGcm(ReadOnlySpan<byte> key);

    public abstract HmacSha1 CreateHmac(ReadOnlySpan<byte> key);

    private sealed class PlatformPrimitives : SrtpPrimitives
    {
        public override Aes128Counter CreateCounter(ReadOnlySpan<byte> key) => new PlatformCounter(key);

        public override Aes128Gcm CreateGcm(ReadOnlySpan<byte> key) => new PlatformGcm(key);

        public override HmacSha1 CreateHmac(ReadOnlySpan<byte> key) => new PlatformHmacSha1(key);
    }

    private sealed class IntrinsicPrimitives : SrtpPrimitives
    {
        public override Aes128Counter CreateCounter(ReadOnlySpan<byte> key) => new IntrinsicCounter(key);

        public override Aes128Gcm CreateGcm(ReadOnlySpan<byte> key) => new IntrinsicGcm(key);

        public override HmacSha1 CreateHmac(ReadOnlySpan<byte> key) => new ManagedHmacSha1(key);
    }
}
