using Microsoft.Extensions.Logging;

namespace GoTo.WebRtc.Mixing;

internal static partial class MixLog
{
    [LoggerMessage(140, LogLevel.Warning,
        "The codec thread was {Milliseconds} ms late and leaves frames out: {Mixes} legs are transcoded or mixed.")]
    public static partial void CodecThreadLate(this ILogger logger, double milliseconds, int mixes);

    [LoggerMessage(141, LogLevel.Error, "A leg's mix failed and is silent from now on.")]
    public static partial void MixFailed(this ILogger logger, Exception error);

    [LoggerMessage(142, LogLevel.Error,
        "Peer {Peer}: audio cannot be mixed or transcoded; one speaker at a time is passed on. {Reason}")]
    public static partial void NoMix(this ILogger logger, string peer, string reason);

    [LoggerMessage(143, LogLevel.Warning,
        "libopus is not on this machine (Debian: apt-get install libopus0): calls are Opus only, G.711 is refused, and of "
        + "several speakers in a room one at a time is heard.")]
    public static partial void OpusOnly(this ILogger logger);
}
