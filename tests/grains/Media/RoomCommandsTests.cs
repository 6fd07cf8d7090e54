using GoTo.LiveKit;
using GoTo.Media;

namespace GoTo.Calls.Tests;

/// <summary>The call driven from inside the room.</summary>
public sealed class RoomCommandsTests
{
    private readonly ScriptedCall _call = new();

    [Theory]
    [InlineData("lk.sip.EndCall", "{\"headers\":{}}", "hang-up Normal")]
    [InlineData("goto.call.transfer", "{\"to\":\"tel:+15550100\"}", "transfer tel:+15550100")]
    [InlineData("goto.call.hold", "", "hold")]
    [InlineData("goto.call.resume", "{}", "resume")]
    [InlineData("goto.call.mute", "{}", "mute")]
    [InlineData("goto.call.unmute", "{}", "unmute")]
    [InlineData("goto.call.send_dtmf", "{\"digits\":\"12#\"}", "dtmf 12#")]
    public async Task Each_method_is_a_command_of_the_call(string method, string request, string command)
    {
        Assert.Equal("{}", await Ask(method, request));

        Assert.Equal(command, Assert.Single(_call.Commands).Command);
    }

    [Fact]
    public async Task The_same_id_is_the_same_command()
    {
        await Ask("goto.call.hold", "{\"id\":\"once\"}");
        await Ask("goto.call.hold", "{\"id\":\"once\"}");
        await Ask("goto.call.hold", "{}");

        Assert.Equal([new CommandId("once"), new CommandId("once")], _call.Commands.Take(2).Select(c => c.Id));
        Assert.NotEqual(new CommandId("once"), _call.Commands[2].Id);
    }

    [Theory]
    [InlineData("goto.call.transfer", "{}", RoomCommands.BadRequest)]
    [InlineData("goto.call.hold", "[1]", RoomCommands.BadRequest)]
    [InlineData("goto.call.hold", "nonsense", RoomCommands.BadRequest)]
    [InlineData("goto.call.hold", "{\"id\":\"\"}", RoomCommands.BadRequest)]
    public async Task A_malformed_request_is_told_so(string method, string request, int code)
    {
        Assert.Equal(code, (await Assert.ThrowsAsync<RpcException>(() => Ask(method, request))).Code);
        Assert.Empty(_call.Commands);
    }

    [Fact]
    public async Task A_refusal_and_a_failure_reach_the_agent()
    {
        _call.Refuses = new CallTransitionException(Key, CallPhase.Ended, "hold", "it is over");
        Assert.Equal(
            RoomCommands.Refused, (await Assert.ThrowsAsync<RpcException>(() => Ask("goto.call.hold", ""))).Code);

        _call.Refuses = null;
        _call.Outcomes = id => new CommandOutcome(id, CommandResult.Failed, CommandFailure.TransferFailed, "busy");
        var failed = await Assert.ThrowsAsync<RpcException>(() => Ask("goto.call.transfer", "{\"to\":\"ext:1\"}"));
        Assert.Equal((RoomCommands.Failed, "TransferFailed: busy"), (failed.Code, failed.Message));
    }

    [Fact]
    public async Task There_are_no_remote_headers() =>
        Assert.Equal("""{"headers":{}}""", await Ask("lk.sip.GetRemoteHeaders", "{}"));

    private static CallKey Key => CallKey.Parse("account/call");

    [Fact]
    public async Task Who_is_no_agent_commands_nothing()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(() => Ask("lk.sip.EndCall", "{}", "supervisor"));

        Assert.Equal(RoomCommands.Forbidden, refused.Code);
        Assert.Empty(_call.Commands);
    }

    [Fact]
    public async Task The_call_is_told_that_an_agent_asks()
    {
        RequestContext.Set("actor", "whoever opened the room");
        RequestContext.Set("tenant", "another");

        await Ask("goto.call.hold", "{}");

        Assert.Equal(("agent", null), _call.AskedAs);
    }

    private Task<string> Ask(string method, string payload, string identity = "agent") => new RoomCommands(
        _call, who => who == "agent").Methods[method](
        new RpcInvocation(identity, method, payload, TimeSpan.FromSeconds(8)), TestContext.Current.CancellationToken);

    private sealed class ScriptedCall : ICallGrain
    {
        public List<(string Command, CommandId Id)> Commands { get; } = [];

        public (object? Actor, object? Tenant) AskedAs { get; private set; }

        public Exception? Refuses { get; set; }

        public Func<CommandId, CommandOutcome> Outcomes { get; set; } = id => new CommandOutcome(id, CommandResult.Done);

        public Task<CommandOutcome?> Outcome(CommandId id, CancellationToken cancellationToken = default) =>
            Task.FromResult<CommandOutcome?>(Outcomes(id));

        public Task<CommandReceipt> Answer(CommandId id, CancellationToken cancellationToken = default) => Take("answer", id);

        public Task<CommandReceipt> Reject(CommandId id, CancellationToken cancellationToken = default) => Take("reject", id);

        public Task<CommandReceipt> Hold(CommandId id, CancellationToken cancellationToken = default) => Take("hold", id);

        public Task<CommandReceipt> Resume(CommandId id, CancellationToken cancellationToken = default) => Take("resume", id);

        public Task<CommandReceipt> Mute(CommandId id, CancellationToken cancellationToken = default) => Take("mute", id);

        public Task<CommandReceipt> Unmute(CommandId id, CancellationToken cancellationToken = default) => Take("unmute", id);

        public Task<CommandReceipt> SendDtmf(string digits, CommandId id, CancellationToken cancellationToken = default) =>
            Take($"dtmf {digits}", id);

        public Task<CommandReceipt> HangUp(
            HangUpReason reason, CommandId id, CancellationToken cancellationToken = default) =>
            Take($"hang-up {reason}", id);

        public Task<CommandReceipt> BlindTransfer(
            string dialString, CommandId id, CancellationToken cancellationToken = default) =>
            Take($"transfer {dialString}", id);

        public Task<CommandReceipt> PlayAnnouncement(
            string name, CommandId id, CancellationToken cancellationToken = default) => Take($"play {name}", id);

        public Task<CallSnapshot> Describe() => throw new NotSupportedException();

        public IAsyncEnumerable<CallJournalEntry> Watch(long after, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task<ReplayReport> Replay() => throw new NotSupportedException();

        private Task<CommandReceipt> Take(string command, CommandId id)
        {
            if (Refuses is { } refusal) return Task.FromException<CommandReceipt>(refusal);
            AskedAs = (RequestContext.Get("actor"), RequestContext.Get("tenant"));
            Commands.Add((command, id));
            return Task.FromResult(new CommandReceipt(id, Commands.Count));
        }
    }
}
