using System.CommandLine;

namespace GoTo.Cli;

/// <summary>The options that every command has.</summary>
internal sealed class GlobalOptions
{
    private readonly Option<string?> _redis = new("--redis") { Description = "Redis of the cluster (ConnectionStrings__Redis). Without it, a silo on this machine.", Recursive = true };
    private readonly Option<int?> _gatewayPort = new("--gateway-port") { Description = "Port of the silo on this machine (GoTo__Cluster__GatewayPort, else 30000).", Recursive = true };
    private readonly Option<string?> _cluster = new("--cluster") { Description = "The cluster's service and cluster id (GoTo__Cluster__ServiceId, GoTo__Cluster__ClusterId, else goto).", Recursive = true };
    private readonly Option<string?> _tenant = new("--tenant", "-t") { Description = "Act for this tenant: see and touch nothing else (GoTo__Client__Tenant).", Recursive = true };
    private readonly Option<string?> _actor = new("--actor") { Description = "Who asks, for journals and the audit trail. Your user name unless given.", Recursive = true };
    private readonly Option<string> _account = new("--account", "-a") { Description = "The GoTo account, by its name in the cluster's configuration.", DefaultValueFactory = _ => "main", Recursive = true };
    private readonly Option<bool> _json = new("--json") { Description = "JSON, one value a line, for programs.", Recursive = true };
    private readonly Option<bool> _unmask = new("--unmask") { Description = "Show phone numbers whole.", Recursive = true };

    public GlobalOptions(Command root)
    {
        foreach (var option in new Option[] { _redis, _gatewayPort, _cluster, _tenant, _actor, _account, _json, _unmask }) root.Add(option);
    }

    public string Account(ParseResult parsed) => parsed.GetValue(_account)!;

    public string? Tenant(ParseResult parsed) => parsed.GetValue(_tenant);

    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    public bool Unmask(ParseResult parsed) => parsed.GetValue(_unmask);

    public void Configure(Client.GoToClientOptions client, ParseResult parsed)
    {
        client.Redis = parsed.GetValue(_redis) ?? client.Redis;
        client.GatewayPort = parsed.GetValue(_gatewayPort) ?? client.GatewayPort;
        client.ServiceId = parsed.GetValue(_cluster) ?? client.ServiceId;
        client.ClusterId = parsed.GetValue(_cluster) ?? client.ClusterId;
        client.Tenant = parsed.GetValue(_tenant) ?? client.Tenant;
        client.Actor = parsed.GetValue(_actor) ?? Environment.UserName;
    }

    public Screen Screen(ParseResult parsed, Spectre.Console.IAnsiConsole console, TextWriter output) =>
        new(console, output, Json(parsed), Unmask(parsed));
}
