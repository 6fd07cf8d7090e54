namespace GoTo.WebRtc.Sdp;

/// <summary>Descriptions as other implementations write them, and a plain local side.</summary>
internal static class SdpSamples
{
    public static readonly string[] Offers =
    [
        "chromium-audio", "chromium-audio-video-data", "aiortc-audio", "firefox-audio", "goto-specification",
    ];

    public static LocalSession Local { get; } = new()
    {
        SessionId = 4611686018427387903,
        IceUfrag = "localufrag",
        IcePassword = "localpasswordlocalpassword",
        Fingerprint = new SdpFingerprint("sha-256", string.Join(':', Enumerable.Repeat("AB", 32))),
        Candidates = ["candidate:1 1 udp 2130706431 127.0.0.1 40000 typ host"],
        Cname = "localcname",
    };

    public static string Text(string name)
    {
        using var stream = typeof(SdpSamples).Assembly.GetManifestResourceStream(name + ".sdp")
            ?? throw new ArgumentException($"There is no sample {name}.", nameof(name));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\r\n");
    }

    public static SessionDescription Parse(string name) => SessionDescription.Parse(Text(name));

    public static LocalAudio Audio(
        TransceiverDirection direction = TransceiverDirection.SendRecv, uint ssrc = 1000, string? track = "track")
        => new() { Direction = direction, Ssrc = ssrc, StreamId = "stream", TrackId = track };

    /// <summary>Answers with one line wanted both ways, and more of the kind if the offer has more.</summary>
    public static (SessionDescription Answer, NegotiatedSession Session) Answer(
        string offer, LocalSession? local = null)
        => OfferAnswer.CreateAnswer(
            SessionDescription.Parse(offer), local ?? Local, [Audio()], () => Audio(ssrc: 2000));
}
