using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GoTo.WebRtc.Opus;

/// <summary>The functions of libopus that are used (Debian: libopus0).</summary>
internal static partial class LibOpus
{
    public const int SampleRate = 48000;
    public const int Channels = 1;
    public const int ApplicationVoip = 2048;
    public const int SetBitrate = 4002;
    public const int SetComplexity = 4010;
    public const int SetInbandFec = 4012;
    public const int SetPacketLossPercent = 4014;

    private const string Library = "libopus.so.0";

    private static readonly Lazy<bool> Loaded = new(() => NativeLibrary.TryLoad(Library, out _));

    /// <summary>Whether the library is on this machine.</summary>
    public static bool IsAvailable => Loaded.Value;

    /// <summary>Makes sure that the functions below can be called.</summary>
    /// <exception cref="OpusUnavailableException">The library is not on this machine.</exception>
    public static void Require() => Require(Library);

    /// <summary>The same for a library of any name, which a test has that is missing.</summary>
    internal static void Require(string library)
    {
        if (library == Library ? !IsAvailable : !NativeLibrary.TryLoad(library, out _))
            throw new OpusUnavailableException(library);
    }

    [LibraryImport(Library, EntryPoint = "opus_encoder_create")]
    public static partial EncoderHandle CreateEncoder(int sampleRate, int channels, int application, out int error);

    // The C function is variadic. Linux passes an int to it as to any other function, on x64 and on ARM64.
    [LibraryImport(Library, EntryPoint = "opus_encoder_ctl")]
    public static partial int Set(EncoderHandle encoder, int request, int value);

    [LibraryImport(Library, EntryPoint = "opus_encode")]
    public static partial int Encode(
        EncoderHandle encoder, ReadOnlySpan<short> samples, int count, Span<byte> payload, int capacity);

    [LibraryImport(Library, EntryPoint = "opus_decoder_create")]
    public static partial DecoderHandle CreateDecoder(int sampleRate, int channels, out int error);

    [LibraryImport(Library, EntryPoint = "opus_decode")]
    public static partial int Decode(
        DecoderHandle decoder, ReadOnlySpan<byte> payload, int length, Span<short> samples, int capacity, int fec);

    [LibraryImport(Library, EntryPoint = "opus_encoder_destroy")]
    private static partial void DestroyEncoder(nint encoder);

    [LibraryImport(Library, EntryPoint = "opus_decoder_destroy")]
    private static partial void DestroyDecoder(nint decoder);

    /// <summary>An encoder's state in native memory.</summary>
    public sealed class EncoderHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            DestroyEncoder(handle);
            return true;
        }
    }

    /// <summary>A decoder's state in native memory.</summary>
    public sealed class DecoderHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            DestroyDecoder(handle);
            return true;
        }
    }
}
