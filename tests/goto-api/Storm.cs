using GoTo.Simulator.Cloud;

namespace GoTo.Api.Tests;

/// <summary>
/// A run: callers call, we answer, hold and hang up, we dial, and all the while lines are cut and replies lost. In the end
/// what was applied is compared with what the cloud says happened.
/// </summary>
internal sealed class Storm
{
    // Eleven calls a second, half of them ours, with four or five events each on average: 50 events a second.
    private static readonly TimeSpan CallGap = TimeSpan.FromMilliseconds(88);

    private readonly StormPlan _plan;
    private readonly VirtualWorld _world;
    private readonly VirtualCloud _cloud;
    private readonly Random _chance;
    private readonly Dictionary<string, List<CloudEvent>> _happened = [];
    private readonly Dictionary<string, CallOfMine> _calls = [];
    private readonly HashSet<string> _dialled = [];
    private readonly WebCallsClient _client;
    private EventStream _stream = null!;
    private bool _over;
    private int _mostChannels;
    private bool _connected;

    private Storm(StormPlan plan, VirtualWorld world, VirtualCloud cloud)
    {
        (_plan, _world, _cloud) = (plan, world, cloud);
        _chance = new Random(plan.Seed);
        _client = cloud.Api.WebCalls(cloud.Account, cloud.Tokens);
        cloud.Cloud.State.Channels.Published += happened =>
        {
            var callId = (string)happened.Message["data"]!["callId"]!;
            if (!_happened.TryGetValue(callId, out var events))
                _happened[callId] = events = [];
            events.Add(happened);
            Happened++;
        };
    }

    public List<string> Problems { get; } = [];

    public int Happened { get; private set; }

    public int Applied { get; private set; }

    public int Cuts { get; private set; }

    public int Dials { get; private set; }

    public int Unknown { get; private set; }

    public int NeverTold { get; private set; }

    public int LostReplies => _cloud.Lost;

    public string EventLog { get; private set; } = "";

    public static async Task<Storm> Run(StormPlan plan)
    {
        var world = new VirtualWorld();
        await using var cloud = await VirtualCloud.Start(world, plan.Seed, new GoToCloudOptions
        {
            ReplayOnReconnect = plan.Replays ? TimeSpan.FromSeconds(10) : TimeSpan.Zero,
            ChannelLifetime = TimeSpan.FromMinutes(10),
        });
        var storm = new Storm(plan, world, cloud);
        storm.Run();
        return storm;
    }

    public override string ToString() =>
        $"{_plan.Duration.TotalSeconds:0} s: {Happened} events, {Applied} applied, {Cuts} cuts, {Dials} dials "
        + $"({Unknown} of unknown outcome), {LostReplies} requests or replies lost, {NeverTold} calls never told of, "
        + $"at most {_mostChannels} channels, {Problems.Count} problems";

    private void Run()
    {
        _world.Do(() =>
        {
            _stream = _cloud.Api.OpenEventStream(_cloud.Account, _cloud.Tokens, new EventStreamOptions
            {
                Seed = _plan.Seed, Scheduler = _world.Scheduler, LongestBackOff = TimeSpan.FromSeconds(2),
            });
            _ = Guard(Read());
        });
        _world.Run(TimeSpan.FromSeconds(5));
        _cloud.Loss = 0.01;
        _cloud.Cloud.State.Channels.Spoil(new EventFaults(
            Duplicate: 0.03, NewId: 0.03, Reorder: 0.05, Late: 0.01, Lose: 0, LateBy: TimeSpan.FromSeconds(2)));
        _world.Do(() =>
        {
            _ = Guard(CutLines());
            _ = Guard(MakeCalls());
        });
        _world.Run(_plan.Duration);
        _over = true;
        _cloud.Loss = 0;
        _cloud.Cloud.State.Channels.Spoil(EventFaults.None);
        // Every call ends by itself within half a minute.
        _world.Run(TimeSpan.FromSeconds(45));
        _world.Do(() => _cloud.Cut());
        _world.Run(TimeSpan.FromSeconds(10));
        Compare();
        Task closing = null!;
        _world.Do(() => closing = _stream.DisposeAsync().AsTask());
        _world.Run(closing, TimeSpan.FromSeconds(30));
        if (_cloud.Cloud.State.Channels.ToJson().Count > 0)
            Problems.Add("a channel was left behind");
        EventLog = _cloud.Cloud.State.Channels.EventLog();
    }

    private async Task Guard(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception failure)
        {
            Problems.Add($"the run itself failed: {failure}");
        }
    }

    private async Task CutLines()
    {
        while (!_over)
        {
            await Wait(_plan.ShortestPeace, _plan.LongestPeace);
            if (_over)
                return;
            _cloud.Cut();
            Cuts++;
            _mostChannels = Math.Max(_mostChannels, _cloud.Cloud.State.Channels.ToJson().Count);
        }
    }

    private async Task MakeCalls()
    {
        for (var number = 0; !_over; number++)
        {
            _ = Guard(number % 2 == 0 ? BeCalled() : Dial(number));
            await Task.Delay(CallGap, _world.Clock);
        }
    }

    /// <summary>Somebody calls, is answered by whoever reads the events, and hangs up after a while.</summary>
    private async Task BeCalled()
    {
        var callId = _cloud.Cloud.State.Calls.Dial(null, Given.Caller, Given.Number, Sdp.Offer);
        await Wait(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(12));
        _cloud.Cloud.State.Calls.RemoteHangUp(callId);
    }

    private async Task Dial(int number)
    {
        // Each to a number of its own: two calls to one number would be one dialled twice.
        var to = $"+1777{number:0000000}";
        _dialled.Add(to);
        Dials++;
        CallSnapshot call;
        try
        {
            call = await _client.Dial(new OutboundCall
            {
                To = DialString.Parse(to), LineId = Given.LineId, IdempotencyKey = $"key-{number}",
            });
        }
        catch (GoToUnavailableException failure)
        {
            // It may be there: its events and its end tell. It is not dialled again.
            Unknown += failure.OutcomeUnknown ? 1 : 0;
            return;
        }

        Known(call.CallId);
        await Try(() => _client.Answer(call.CallId, Sdp.Answer));
        await Wait(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8));
        while (!await Try(() => _client.HangUp(call.CallId)))
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Clock);
    }

    /// <summary>False when the line was bad; true when it worked, or the call is over.</summary>
    private static async Task<bool> Try(Func<Task> request)
    {
        try
        {
            await request();
            return true;
        }
        catch (Exception over) when (over is GoToConflictException or GoToNotFoundException)
        {
            return true;
        }
        catch (GoToUnavailableException)
        {
            return false;
        }
    }

    private async Task Read()
    {
        await foreach (var item in _stream.ReadAll())
        {
            switch (item)
            {
                case StreamConnected:
                    _connected = true;
                    foreach (var call in _calls.Values.Where(call => !call.Ended).ToArray())
                        _ = Guard(Reconcile(call));
                    break;
                case StreamDisconnected:
                    _connected = false;
                    break;
                case StreamEvent { Event: GoToCallEvent happened }:
                    Apply(happened);
                    break;
            }
        }
    }

    private void Apply(GoToCallEvent happened)
    {
        var call = Known(happened.CallId);
        if (!call.Seen.Add($"{happened.Type} {happened.Timestamp:O}"))
            Problems.Add($"{happened.CallId}: {happened.Type} of {happened.Timestamp:O} was applied twice");
        Applied++;
        call.Changes++;
        switch (happened)
        {
            case CallRinging { Direction: CallDirection.Inbound }:
                _ = Guard(AnswerAndTalk(call));
                break;
            case CallEnded ended:
                (call.Ended, call.Reason) = (true, ended.RawReason);
                break;
        }
    }

    private async Task AnswerAndTalk(CallOfMine call)
    {
        try
        {
            await _client.Answer(call.Id, Sdp.Answer);
            for (var round = 0; round < 2; round++)
            {
                await Wait(TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(1));
                await _client.Hold(call.Id);
                await Wait(TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(1));
                await _client.Resume(call.Id);
            }
        }
        catch (GoToApiException)
        {
            // The caller hung up, or the line was bad: the caller's hang-up ends it either way.
        }
    }

    private async Task Reconcile(CallOfMine call)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            try
            {
                var found = await _client.Get(call.Id);
                if (found.State == CallState.Ended && !call.Ended)
                    (call.Ended, call.Reason, call.Reconciled) = (true, found.RawEndReason, true);
                return;
            }
            catch (GoToNotFoundException)
            {
                call.Ended = call.Reconciled = true;
                return;
            }
            catch (GoToApiException)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), _world.Clock);
            }
        }
    }

    private CallOfMine Known(string callId)
    {
        if (!_calls.TryGetValue(callId, out var call))
            _calls[callId] = call = new CallOfMine(callId);
        return call;
    }

    private void Compare()
    {
        if (!_connected)
            Problems.Add("the stream did not come back");
        foreach (var (callId, events) in _happened)
        {
            var end = events.SingleOrDefault(happened => happened.Type == "call.ended");
            if (end is null)
            {
                Problems.Add($"{callId}: the run ended before the call did");
                continue;
            }

            if (!_calls.TryGetValue(callId, out var call))
            {
                // Without replays a call whose every event fell into a gap cannot be known of.
                NeverTold++;
                if (_plan.Replays)
                    Problems.Add($"{callId}: nothing was told of it");
                continue;
            }

            if (!call.Ended)
                Problems.Add($"{callId}: its end was lost");
            else if (call.Reason is { } reason && reason != (string?)end.Message["data"]!["endReason"])
                Problems.Add($"{callId}: ended by {reason} and not by {end.Message["data"]!["endReason"]}");
            if (_plan.Replays && !call.Reconciled)
            {
                foreach (var happened in events)
                {
                    var when = DateTimeOffset.Parse((string)happened.Message["timestamp"]!, null);
                    if (!call.Seen.Contains($"{happened.Type} {when:O}"))
                        Problems.Add($"{callId}: {happened.Type} of {when:O} was lost");
                }
            }
        }

        foreach (var twice in _happened.Values
            .Select(events => (string?)events[0].Message["data"]!["to"])
            .Where(to => to is not null && _dialled.Contains(to)).GroupBy(to => to).Where(group => group.Count() > 1))
        {
            Problems.Add($"{twice.Key} was dialled {twice.Count()} times");
        }
    }

    private Task Wait(TimeSpan shortest, TimeSpan longest) =>
        Task.Delay(shortest + ((longest - shortest) * _chance.NextDouble()), _world.Clock);

    private sealed class CallOfMine(string id)
    {
        public string Id { get; } = id;

        public HashSet<string> Seen { get; } = [];

        public int Changes { get; set; }

        public bool Ended { get; set; }

        public bool Reconciled { get; set; }

        public string? Reason { get; set; }
    }
}
