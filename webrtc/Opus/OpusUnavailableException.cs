namespace GoTo.WebRtc;

/// <summary>
/// libopus, which decodes and encodes Opus, is not on this machine. Audio that is passed on without decoding needs it
/// not; only transcoding and mixing do.
/// </summary>
public sealed class OpusUnavailableException : Exception
{
    internal OpusUnavailableException(string library)
        : base($"{library} cannot be loaded, so audio cannot be transcoded or mixed. Install libopus "
            + "(Debian: apt-get install libopus0).")
    {
    }
}
