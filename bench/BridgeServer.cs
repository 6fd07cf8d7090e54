using System.Collections.Concurrent;
using GoTo.WebRtc;
using GoTo.WebRtc.Peer;

namespace GoTo.Bench;

/// <summary>
/// A two-leg audio bridge behind HTTP: <c>POST /offer?call&amp;leg=a|b</c> with <c>{"type":"offer","sdp"}</c> answers
/// with an answer; what arrives on one leg of a call goes out on the other. <c>GET /stats</c> gives flat counters,
/// <c>POST /reset</c> drops all calls.
/// </summary>
internal sealed class BridgeServer(RtcEngine engine)
{
    // As a silo does (GoTo:Media:WarmUpCalls).
    private const int WarmUpCalls = 64;

    private readonly ConcurrentDictionary<int, Call> _calls = new();

    public static async Task<int> Run(string[] args)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
        var options = new RtcOptions
        {
            Port = settings.GetValue("port", 0),
            Shards = settings.GetValue("shards", 1),
            WarmUpCalls = settings.GetValue("warm-up", WarmUpCalls),
        };
        using var logs = LoggerFactory.Create(logging => logging.AddConsole().SetMinimumLevel(LogLevel.Warning));
        await using var engine = new RtcEngine(options, TimeProvider.System, logs);
        var server = new BridgeServer(engine);
        await engine.Ready;
        // At an address of its own: whoever finds the bridge's port open finds it ready.
        await using (var rehearsal = await server.Serve("http://127.0.0.1:0"))
            await server.WarmUpHttp(rehearsal.Urls.Single(), options.WarmUpCalls);
        await using var app = await server.Serve(settings["urls"] ?? "http://127.0.0.1:9100");
        await app.WaitForShutdownAsync();
        return 0;
    }

    private async Task<WebApplication> Serve(string url)
    {
        // Nothing but HTTP: the process is measured.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.Urls.Add(url);
        app.MapPost("/offer", Offer);
        app.MapGet("/stats", Stats);
        app.MapPost("/reset", Reset);
        await app.StartAsync();
        return app;
    }

    /// <summary>What the engine's own calls do not run is compiled for speed as well: the way in by HTTP.</summary>
    private async Task WarmUpHttp(string url, int calls)
    {
        // A round, as the engine's warm-up has them.
        const int atATime = 16;
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        for (var call = -1; call >= -calls; call--)
        {
            var phone = engine.CreatePeer(new PeerOptions { Name = "warm-up" }, NoEvents.Instance);
            phone.AddTransceiver(TransceiverDirection.SendRecv);
            var offer = new Description("offer", await phone.CreateOffer());
            foreach (var leg in (string[])["a", "b"])
                (await http.PostAsJsonAsync($"/offer?call={call}&leg={leg}", offer)).EnsureSuccessStatusCode();
            await phone.Close();
            if (_calls.TryRemove(call, out var legs))
                await legs.Close();
            if (call % atATime == 0)
                await WarmUp.Settle();
        }
    }

    private async Task<IResult> Offer(int call, string leg, Description offer)
    {
        if (leg is not ("a" or "b"))
            return Results.BadRequest("leg is a or b");
        var peer = engine.CreatePeer(
            new PeerOptions { Name = $"{call}/{leg}", ShardKey = call }, NoEvents.Instance);
        try
        {
            var answer = await peer.AcceptOffer(offer.Sdp);
            _calls.GetOrAdd(call, _ => new Call()).Join(leg == "a" ? 0 : 1, peer);
            return Results.Ok(new Description("answer", answer));
        }
        catch (SdpException e)
        {
            return Results.BadRequest(e.Message);
        }
    }

    private IResult Stats()
    {
        var stats = engine.GetStats();
        return Results.Ok(new Dictionary<string, long>
        {
            ["alloc_bytes"] = GC.GetTotalAllocatedBytes(precise: true),
            ["shard_alloc_bytes"] = stats.BytesAllocatedByShards,
            ["gc"] = GC.CollectionCount(0),
            ["heap_bytes"] = GC.GetTotalMemory(forceFullCollection: false),
            ["peers"] = stats.Peers,
            ["forwarded"] = stats.PacketsForwarded,
            ["received"] = stats.DatagramsReceived,
            ["sent"] = stats.DatagramsSent,
            ["send_failures"] = stats.SendFailures,
            ["dropped_unknown"] = stats.DroppedUnknownKind + stats.DroppedUnknownPeer,
            ["dropped_unauthenticated"] = stats.DroppedUnauthenticated,
            ["dropped_replayed"] = stats.DroppedReplayed,
            ["dropped_other"] = stats.DroppedOther,
        });
    }

    private async Task Reset()
    {
        foreach (var call in _calls.Keys)
        {
            if (_calls.TryRemove(call, out var removed))
                await removed.Close();
        }
    }

    /// <summary>The two legs of a call.</summary>
    private sealed class Call
    {
        private readonly RtcPeer?[] _legs = new RtcPeer?[2];

        public void Join(int leg, RtcPeer peer)
        {
            lock (_legs)
            {
                _legs[leg] = peer;
                if (_legs is not [{ } a, { } b])
                    return;
                a.Transceivers[0].Receiver.Forward(b.Transceivers[0].Sender);
                b.Transceivers[0].Receiver.Forward(a.Transceivers[0].Sender);
            }
        }

        public async Task Close()
        {
            foreach (var leg in _legs)
            {
                if (leg is not null)
                    await leg.Close();
            }
        }
    }

    private sealed record Description(string Type, string Sdp);
}
