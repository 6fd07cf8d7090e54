using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// What happens to a simulated cloud and when: a list of timed actions, read from JSON. The README beside the simulator
/// lists them. The same scenario and seed make the same event log, byte for byte, on a clock that keeps to the moments:
/// <see cref="ScenarioClock"/>.
/// </summary>
public sealed class CloudScenario
{
    private static readonly DateTimeOffset UsualStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Step[] _steps;

    private CloudScenario(DateTimeOffset? start, Step[] steps) => (Start, _steps) = (start, steps);

    /// <summary>The moment when it begins; null: when it is played.</summary>
    public DateTimeOffset? Start { get; }

    /// <summary>Reads a scenario.</summary>
    /// <exception cref="CloudScenarioException">It is not a scenario; the message names what is wrong.</exception>
    public static CloudScenario Read(string json)
    {
        try
        {
            var root = JsonNode.Parse(json) as JsonObject
                ?? throw new CloudScenarioException("A scenario must be a JSON object with a list 'steps'.");
            var steps = (root["steps"] as JsonArray
                ?? throw new CloudScenarioException("A scenario must have a list 'steps'.")).Select(ReadStep).ToArray();
            var named = new HashSet<string>();
            foreach (var step in steps.OrderBy(step => step.At))
            {
                if (step.Action == "call")
                    named.Add(step.Call!);
                else if (step.Call is { } call && !named.Contains(call))
                    throw new CloudScenarioException($"'{step.Action}' names the call '{call}', which is not there yet.");
            }

            return new CloudScenario(ReadStart(root.Text("start")), steps);
        }
        catch (JsonException broken)
        {
            throw new CloudScenarioException($"The scenario is not JSON: {broken.Message}");
        }
    }

    /// <summary>Has every step happen at its time from now.</summary>
    internal IReadOnlyList<ITimer> Play(CloudState state)
    {
        var calls = new Dictionary<string, string>();
        return
        [
            .. _steps.Select(step => state.Time.CreateTimer(
                _ => Do(step, state, calls), null, step.At, Timeout.InfiniteTimeSpan)),
        ];
    }

    private static void Do(Step step, CloudState state, Dictionary<string, string> calls)
    {
        try
        {
            lock (calls)
                Act(step, state, calls);
        }
        catch (Exception failure) when (failure is CloudRefusal or KeyNotFoundException)
        {
            // Such as a digit in a call that is over: the scenario goes on.
            state.Log.StepRefused(step.Action, (long)step.At.TotalMilliseconds, failure.Message);
        }
    }

    private static void Act(Step step, CloudState state, Dictionary<string, string> calls)
    {
        var body = step.Body;
        switch (step.Action)
        {
            case "call":
                calls[step.Call!] = state.Calls.Dial(
                    null, body.Text("from") ?? "", body.Text("to") ?? "", body.Text("sdp") ?? CloudSdp.Offer(step.Call!));
                break;
            case "hangup":
                state.Calls.RemoteHangUp(calls[step.Call!]);
                break;
            case "dtmf":
                state.Calls.RemoteDtmf(calls[step.Call!], body.Text("digit"), body.Integer("durationMs"));
                break;
            case "recording":
                state.Calls.Record(calls[step.Call!], body.Text("status") ?? "started");
                break;
            case "drop-sockets":
                AdminActions.DropSockets(state, body);
                break;
            case "stall-sockets":
                AdminActions.StallSockets(state, body);
                break;
            case "expire-channels":
                state.Channels.ExpireAll();
                break;
            case "expire-tokens":
                state.Tokens.ExpireAll(body.Flag("refreshTokens"));
                break;
            case "fault":
                state.Faults.Add(CloudFault.Read(body), body.Integer("times") ?? 1);
                break;
            case "network":
                state.Network.Set(NetworkConditions.Read(body));
                break;
            case "far-end":
                state.Calls.FarEnds.Tell(body);
                break;
            case "clear-faults":
                state.Faults.Clear();
                break;
            case "event-faults":
                state.Channels.Spoil(EventFaults.Read(body));
                break;
            default:
                AdminActions.Limit(state, body);
                break;
        }
    }

    private static DateTimeOffset? ReadStart(string? start) => start switch
    {
        null => UsualStart,
        "now" => null,
        _ => DateTimeOffset.TryParse(
            start, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment
            : throw new CloudScenarioException("'start' must be a moment in ISO 8601 or \"now\"."),
    };

    private static Step ReadStep(JsonNode? node, int index)
    {
        var body = node as JsonObject ?? throw Wrong("must be an object");
        var at = body.Integer("atMs") is { } ms and >= 0 ? TimeSpan.FromMilliseconds(ms) : throw Wrong(
            "must have 'atMs', the milliseconds from the beginning");
        var action = body.Text("do") ?? throw Wrong("must have 'do', the action");
        var call = body.Text("call");
        try
        {
            switch (action)
            {
                case "call" when body.Text("to") is null:
                    throw Wrong("must have 'to', the number that is called");
                case "call" or "hangup" or "dtmf" or "recording" when call is null:
                    throw Wrong("must have 'call', the call's name in this scenario");
                case "fault":
                    CloudFault.Read(body);
                    break;
                case "event-faults":
                    EventFaults.Read(body);
                    break;
                case "limits":
                    AdminActions.ReadLimits(body);
                    break;
                case "far-end":
                    FarEnds.Read(body);
                    break;
                case "network":
                    NetworkConditions.Read(body);
                    break;
                case "call" or "hangup" or "dtmf" or "recording":
                    return new Step(at, action, call, body);
                case "drop-sockets" or "stall-sockets" or "expire-channels" or "expire-tokens" or "clear-faults":
                    break;
                default:
                    throw Wrong($"has the unknown action '{action}'");
            }
        }
        catch (CloudRefusal refusal)
        {
            throw Wrong($"is refused: {refusal.Message}");
        }

        return new Step(at, action, null, body);

        CloudScenarioException Wrong(string what) => new($"Step {index + 1} of the scenario {what}.");
    }

    private sealed record Step(TimeSpan At, string Action, string? Call, JsonObject Body);
}

/// <summary>A text is not a scenario of the simulated cloud.</summary>
public sealed class CloudScenarioException : Exception
{
    internal CloudScenarioException(string message)
        : base(message)
    {
    }
}
