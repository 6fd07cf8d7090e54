namespace GoTo.Demo;

/// <summary>Where the demo listens and stores. A wished port that is taken is replaced by a free one; 0 takes any.</summary>
public sealed record DemoOptions
{
    /// <summary>The silo's HTTP port, for the dashboard.</summary>
    public int DashboardPort { get; init; } = 8080;

    /// <summary>The HTTP port of the simulated GoTo cloud, for the phone page.</summary>
    public int CloudPort { get; init; } = 9200;

    /// <summary>The HTTP port of the room server.</summary>
    public int RoomServerPort { get; init; } = 7880;

    /// <summary>The silo's port for other silos.</summary>
    public int SiloPort { get; init; } = 11111;

    /// <summary>The silo's port for clients.</summary>
    public int GatewayPort { get; init; } = 30000;

    /// <summary>The silo's SQLite file.</summary>
    public required string SqliteFile { get; init; }

    /// <summary>Settings of the silo besides the demo's own, or in their place.</summary>
    public IReadOnlyDictionary<string, string?> SiloSettings { get; init; } = new Dictionary<string, string?>();

    /// <summary>Show the silo's log besides the timeline.</summary>
    public bool Verbose { get; init; }
}
