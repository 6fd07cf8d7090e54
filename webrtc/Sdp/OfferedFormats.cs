namespace GoTo.WebRtc.Sdp;

/// <summary>
/// The payload types and header extension ids this side offers. Within a session a number keeps its meaning (RFC 3264
/// section 8.3.2), so a re-offer goes on with the numbers in use.
/// </summary>
internal sealed class OfferedFormats
{
    public const string TelephoneEvent = "telephone-event";

    private static readonly RtpMap[] Defaults =
    [
        new(111, AudioCodec.Opus.Name, AudioCodec.Opus.ClockRate, AudioCodec.Opus.Channels),
        new(0, AudioCodec.Pcmu.Name, AudioCodec.Pcmu.ClockRate),
        new(8, AudioCodec.Pcma.Name, AudioCodec.Pcma.ClockRate),
        new(110, TelephoneEvent, 48000),
        new(126, TelephoneEvent, 8000),
    ];

    private readonly IReadOnlyList<RtpMap> _maps;
    private readonly IReadOnlyList<ExtMap> _extensions;

    private OfferedFormats(IReadOnlyList<RtpMap> maps, IReadOnlyList<ExtMap> extensions)
    {
        _maps = maps;
        _extensions = extensions;
    }

    public static OfferedFormats Continue(NegotiatedSession? previous)
    {
        var lines = previous?.Media.Where(line => line.Accepted).ToList() ?? [];
        var used = new List<RtpMap>();
        foreach (var line in lines)
        {
            used.AddRange(line.Receive.Select(format => Map(format.PayloadType, format.Codec)));
            used.AddRange(line.ReceiveTelephoneEvents);
        }
        var maps = new List<RtpMap>();
        foreach (var wanted in Defaults)
        {
            var map = used.Find(known => known with { PayloadType = wanted.PayloadType } == wanted) ?? wanted;
            while (used.Concat(maps).Any(other => other.PayloadType == map.PayloadType && other != map))
                map = map with { PayloadType = (byte)(map.PayloadType is >= 127 or < 96 ? 96 : map.PayloadType + 1) };
            maps.Add(map);
        }
        var mid = lines.Select(line => line.MidExtension).FirstOrDefault(id => id is not null);
        var level = lines.Select(line => line.AudioLevelExtension).FirstOrDefault(id => id is not null);
        return new OfferedFormats(
            maps,
            [
                new ExtMap(level ?? Free(1, mid), ExtMap.AudioLevel),
                new ExtMap(mid ?? Free(4, level), ExtMap.Mid),
            ]);
    }

    public static RtpMap Map(byte payloadType, AudioCodec codec)
        => new(payloadType, codec.Name, codec.ClockRate, codec.Channels);

    /// <summary>fmtp of the codecs that have one.</summary>
    public static IEnumerable<FormatParameters> Parameters(IEnumerable<RtpMap> maps)
        => maps.Where(map => map.Encoding == AudioCodec.Opus.Name)
            .Select(map => new FormatParameters(map.PayloadType, "minptime=10;useinbandfec=1"));

    public MediaDescription Section(LocalSession local, LocalAudio line)
    {
        var maps = _maps.Where(map => line.Codecs.Any(codec => codec.Name == map.Encoding
            || map.Encoding == TelephoneEvent && codec.ClockRate == map.ClockRate)).ToList();
        return OfferAnswer.Section(local, line, SetupRole.ActPass, line.Direction) with
        {
            Formats = maps.ConvertAll(map => $"{map.PayloadType}"),
            RtpMaps = maps,
            FormatParameters = Parameters(maps).ToList(),
            ExtMaps = _extensions,
        };
    }

    private static int Free(int wanted, int? taken) => wanted == taken ? wanted + 1 : wanted;
}
