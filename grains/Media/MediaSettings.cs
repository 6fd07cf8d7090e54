using System.Net;
using GoTo.WebRtc;

namespace GoTo.Media;

/// <summary>Where a silo's audio is sent and received; section <c>GoTo:Media</c>.</summary>
public sealed class MediaSettings
{
    /// <summary>The configuration section.</summary>
    public const string Section = "GoTo:Media";

    /// <summary>The local address to receive on. 127.0.0.1 unless set; a production silo sets its own.</summary>
    public string BindAddress { get; set; } = "127.0.0.1";

    /// <summary>The address that phones and the room server reach this silo at, if it is not <see cref="BindAddress"/>.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>The first UDP port; shard <c>i</c> takes this plus <c>i</c>. 0, the default, takes free ones.</summary>
    public int Port { get; set; }

    /// <summary>How many threads carry audio, each with a port of its own. 1 unless set.</summary>
    public int Shards { get; set; } = 1;

    /// <summary>
    /// How many calls' audio this silo is meant for: calls are spread over the silos by the room that each has left. It is no
    /// limit, since a crowded call is better than none; 0 keeps audio away while another silo has room. 500 unless set.
    /// </summary>
    public int MostCalls { get; set; } = 500;

    /// <summary>
    /// How many calls a silo makes to itself when it starts, 1 to 1000, so that the first real ones find their code
    /// compiled (<see cref="RtcOptions.WarmUpCalls"/>). 64 unless set: some seconds.
    /// </summary>
    public int WarmUpCalls { get; set; } = 64;

    /// <summary>The folder of the announcements, Ogg Opus files <c>NAME.opus</c> with packets of 20 ms. Unless set there are none.</summary>
    public string? Announcements { get; set; }

    /// <summary>STUN and TURN servers, for a silo that phones and rooms do not reach directly. None unless set.</summary>
    public IList<IceServerSetting> IceServers { get; init; } = [];

    internal IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        if (!IPAddress.TryParse(BindAddress, out _)) problems.Add($"{Section}:BindAddress is not an IP address.");
        if (AdvertisedAddress is not null && !IPAddress.TryParse(AdvertisedAddress, out _))
            problems.Add($"{Section}:AdvertisedAddress is not an IP address.");
        if (MostCalls < 0) problems.Add($"{Section}:MostCalls must not be negative.");
        if (Shards is < 1 or > 64) problems.Add($"{Section}:Shards must be 1 to 64.");
        if (WarmUpCalls is < 1 or > 1000) problems.Add($"{Section}:WarmUpCalls must be 1 to 1000.");
        if (Announcements is not null && !Directory.Exists(Announcements))
            problems.Add($"{Section}:Announcements is not a folder of this machine.");
        for (var i = 0; i < IceServers.Count; i++)
        {
            if (IceServers[i].Problem is { } problem) problems.Add($"{Section}:IceServers:{i}: {problem}");
        }
        if (Port < 0 || Port + Shards - 1 > 65535) problems.Add($"{Section}:Port must leave room for {Shards} ports up to 65535.");
        return problems;
    }

    internal RtcOptions ToRtcOptions() => new()
    {
        BindAddress = IPAddress.Parse(BindAddress),
        AdvertisedAddress = AdvertisedAddress is null ? null : IPAddress.Parse(AdvertisedAddress),
        Port = Port,
        Shards = Shards,
        WarmUpCalls = WarmUpCalls,
        IceServers = [.. IceServers.Select(server => server.ToIceServer())],
    };
}
