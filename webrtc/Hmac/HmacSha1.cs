namespace GoTo.WebRtc.Hmac;

/// <summary>HMAC-SHA1 with a fixed key (RFC 2104).</summary>
internal abstract class HmacSha1 : IDisposable
{
    /// <summary>The length of the whole MAC, bytes.</summary>
    public const int Length = 20;

    /// <summary>The MAC of data followed by a trailer of at most 16 bytes.</summary>
    public abstract void Compute(ReadOnlySpan<byte> data, ReadOnlySpan<byte> trailer, Span<byte> mac);

    public abstract void Dispose();
}
