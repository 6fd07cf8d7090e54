namespace GoTo.WebRtc;

/// <summary>An Ogg Opus file is malformed or of a kind that is not read; the message says where and why.</summary>
public sealed class OggOpusException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="rule">The broken rule.</param>
    /// <param name="offset">Where in the file, in bytes, the offending page starts.</param>
    public OggOpusException(string rule, long offset)
        : base($"Ogg Opus, page at byte {offset}: {rule}")
        => Offset = offset;

    /// <summary>Where in the file, in bytes, the offending page starts.</summary>
    public long Offset { get; }
}
