using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.WebRtc.Tests.Peer;

internal static class TestEngine
{
    /// <summary>An engine on a free loopback port.</summary>
    public static RtcEngine Start(RtcOptions? options = null, TimeProvider? time = null) =>
        new(options ?? new RtcOptions(), time ?? TimeProvider.System, NullLoggerFactory.Instance);
}
