namespace GoTo.WebRtc;

/// <summary>Why a sender's sources are not decoded, added and encoded for it (<see cref="AudioSender.Sources"/>).</summary>
public enum MixRefusal
{
    /// <summary>
    /// All codec threads of the engine have as many legs as they can serve in time
    /// (<see cref="RtcOptions.CodecThreads"/>, <see cref="RtcOptions.MixedLegsPerThread"/>). It is tried again each
    /// second.
    /// </summary>
    NoCapacity,

    /// <summary>libopus is not on this machine: install it (Debian: libopus0).</summary>
    NoLibopus,
}
