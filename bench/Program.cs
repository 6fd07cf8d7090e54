using GoTo.Bench;

// One line a command; see the file that each names.
return args switch
{
    ["bridge", .. var rest] => await BridgeServer.Run(rest),
    ["calls", .. var rest] => await CallsBench.Run(rest),
    [CallsCloud.Command] => await CallsCloud.Run(),
    ["events", .. var rest] => EventsBench.Run(rest),
    ["flood", .. var rest] => await FloodBench.Run(rest),
    ["forward", .. var rest] => await ForwardBench.Run(rest),
    ["fuzz", .. var rest] => FuzzCommand.Run(rest),
    ["mix", .. var rest] => BenchmarkCommand.Run<MixBenchmarks>(rest),
    ["rtp", .. var rest] => BenchmarkCommand.Run<RtpBenchmarks>(rest),
    ["replay", .. var rest] => await ReplayBench.Run(rest),
    ["join", .. var rest] => await JoinBench.Run(rest),
    ["srtp", .. var rest] => BenchmarkCommand.Run<SrtpBenchmarks>(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        bridge [--urls http://127.0.0.1:9100] [--port 0] [--shards 1]   a bridge behind HTTP, for a load generator
        calls [--store sqlite|postgresql] [--calls 1000] [--minutes 1]   commands to calls at a rate (see docs/performance.md)
        events [--seconds 3]                                            GoTo's events decoded and dispatched, one core
        flood [--calls 100] [--seconds 10] [--rate 50000]                live calls while spoofed STUN and DTLS come in
        forward [--calls 20] [--seconds 5] [--profile gcm|sha1]          calls through a bridge on loopback, measured
        fuzz [--inputs 100000] [--parser sdp] [--seed 1] [--first 0]     mutated inputs into the engine's parsers
        mix [--job short]                                               20 ms of a leg that is transcoded or mixed
        rtp [--job short]                                               telling datagrams apart, rewriting RTP headers
        replay [--calls 10000] [--from "Host=…"|goto.db]                 recorded calls decided again, one core
        join [--joins 100]                                              a participant's way into a room, on loopback
        srtp [--job short]                                              SRTP's cost a packet (build with -c Release)
        """);
    return 2;
}
