using System.Runtime.InteropServices;
using Xunit;

namespace GoTo.WebRtc.Tests.Srtp;

/// <summary>One direction of a session of libsrtp2, to compare with: protects, or unprotects.</summary>
internal sealed unsafe partial class LibSrtp : IDisposable
{
    private const string Library = "libsrtp2.so.1";
    private const int Ok = 0;
    private const int AnyInbound = 2;
    private const int AnyOutbound = 3;

    private readonly nint _session;

    static LibSrtp()
    {
        Assert.True(
            NativeLibrary.TryLoad(Library, out _),
            $"There is no {Library}. Install it (Debian: apt-get install libsrtp2-1).");
        Assert.Equal(Ok, Initialize());
    }

    public LibSrtp(SrtpProfile profile, byte[] key, byte[] salt, bool protects)
    {
        var policy = new Policy { SsrcKind = protects ? AnyOutbound : AnyInbound, WindowSize = 1024 };
        if (profile == SrtpProfile.AeadAes128Gcm)
        {
            SetGcm(&policy.Rtp);
            SetGcm(&policy.Rtcp);
        }
        else
        {
            SetDefault(&policy.Rtp);
            SetDefault(&policy.Rtcp);
        }

        fixed (byte* master = (byte[])[.. key, .. salt])
        {
            policy.Key = master;
            Assert.Equal(Ok, Create(out _session, policy));
        }
    }

    public int ProtectRtp(Span<byte> buffer, int length) => Do(ProtectRtp, buffer, length);

    public int ProtectRtcp(Span<byte> buffer, int length) => Do(ProtectRtcp, buffer, length);

    public int UnprotectRtp(Span<byte> buffer, int length) => Do(UnprotectRtp, buffer, length);

    public int UnprotectRtcp(Span<byte> buffer, int length) => Do(UnprotectRtcp, buffer, length);

    public void Dispose() => _ = Free(_session);

    private delegate int Operation(nint session, byte* packet, int* length);

    private int Do(Operation operation, Span<byte> buffer, int length)
    {
        fixed (byte* packet = buffer)
        {
            var status = operation(_session, packet, &length);
            return status == Ok ? length : -status;
        }
    }

    [LibraryImport(Library, EntryPoint = "srtp_init")]
    private static partial int Initialize();

    [LibraryImport(Library, EntryPoint = "srtp_create")]
    private static partial int Create(out nint session, in Policy policy);

    [LibraryImport(Library, EntryPoint = "srtp_dealloc")]
    private static partial int Free(nint session);

    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_aes_gcm_128_16_auth")]
    private static partial void SetGcm(CryptoPolicy* policy);

    // AES-128 counter mode with HMAC-SHA1-80.
    [LibraryImport(Library, EntryPoint = "srtp_crypto_policy_set_rtp_default")]
    private static partial void SetDefault(CryptoPolicy* policy);

    [LibraryImport(Library, EntryPoint = "srtp_protect")]
    private static partial int ProtectRtp(nint session, byte* packet, int* length);

    [LibraryImport(Library, EntryPoint = "srtp_protect_rtcp")]
    private static partial int ProtectRtcp(nint session, byte* packet, int* length);

    [LibraryImport(Library, EntryPoint = "srtp_unprotect")]
    private static partial int UnprotectRtp(nint session, byte* packet, int* length);

    [LibraryImport(Library, EntryPoint = "srtp_unprotect_rtcp")]
    private static partial int UnprotectRtcp(nint session, byte* packet, int* length);

    [StructLayout(LayoutKind.Sequential)]
    private struct CryptoPolicy
    {
        public uint Cipher;
        public int CipherKeyLength;
        public uint Authentication;
        public int AuthenticationKeyLength;
        public int TagLength;
        public int Services;
    }

    /// <summary>srtp_policy_t of version 2.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Policy
    {
        public int SsrcKind;
        public uint Ssrc;
        public CryptoPolicy Rtp;
        public CryptoPolicy Rtcp;
        public byte* Key;
        public nint Keys;
        public nuint KeyCount;
        public nint Unused;
        public nuint WindowSize;
        public int AllowRepeat;
        public nint EncryptedExtensions;
        public int EncryptedExtensionCount;
        public nint Next;
    }
}
