using GoTo.LiveKit.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>Calls between two participants, whose packets go over a wire in memory that a test may cut.</summary>
public sealed class RpcTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, RpcHandler> _methods = [];
    private readonly RpcCalls _caller;
    private readonly RpcServer _callee;

    public RpcTests()
    {
        _callee = new RpcServer(_methods, packet => Back(packet), _time, NullLogger.Instance);
        _caller = new RpcCalls(packet => There(packet), _time);
    }

    public void Dispose() => _callee.Dispose();

    private Func<DataPacket, bool> Loses { get; set; } = _ => false;

    private List<DataPacket> Sent { get; } = [];

    [Fact]
    public async Task A_method_answers()
    {
        RpcInvocation? seen = null;
        _methods["greet"] = (invocation, _) =>
        {
            seen = invocation;
            return Task.FromResult($"hello {invocation.Payload}");
        };

        Assert.Equal("hello you", await Perform("greet", "you"));
        Assert.Equal(new RpcInvocation("us", "greet", "you", TimeSpan.FromSeconds(8)), seen);
        Assert.Equal(["them"], Sent[0].DestinationIdentities);
        Assert.Equal(["us"], Sent[1].DestinationIdentities);
        Assert.Equal(DataPacket.ValueOneofCase.RpcAck, Sent[1].ValueCase);
    }

    [Theory]
    [InlineData("missing", RpcErrorCode.UnsupportedMethod)]
    [InlineData("throws", RpcErrorCode.ApplicationError)]
    [InlineData("refuses", 42)]
    [InlineData("babbles", RpcErrorCode.ResponsePayloadTooLarge)]
    public async Task A_failure_has_its_code(string method, int code)
    {
        _methods["throws"] = (_, _) => throw new ArgumentException("secret");
        _methods["refuses"] = (_, _) => throw new RpcException(42, "not now", "later");
        _methods["babbles"] = (_, _) => Task.FromResult(new string('x', RpcException.MaxPayload + 1));

        var failure = await Assert.ThrowsAsync<RpcException>(() => Perform(method, ""));

        Assert.Equal(code, failure.Code);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        if (code == 42) Assert.Equal(("not now", "later"), (failure.Message, failure.Payload));
    }

    [Fact]
    public async Task A_request_that_is_too_long_is_not_sent()
    {
        var failure = await Assert.ThrowsAsync<RpcException>(() => Perform("x", new string('ü', 7_681)));

        Assert.Equal(RpcErrorCode.RequestPayloadTooLarge, failure.Code);
        Assert.Empty(Sent);
    }

    [Fact]
    public async Task Without_an_acknowledgement_it_ends_after_seven_seconds()
    {
        Loses = _ => true;
        var call = Perform("greet", "");
        _time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(call.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(RpcErrorCode.ConnectionTimeout, (await Assert.ThrowsAsync<RpcException>(() => call)).Code);
    }

    [Fact]
    public async Task Without_an_answer_it_ends_at_its_timeout_and_the_method_is_cancelled()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _methods["sleep"] = async (_, stop) =>
        {
            await using var registration = stop.Register(() => cancelled.TrySetResult());
            await cancelled.Task;
            return "";
        };
        Loses = packet => packet.ValueCase == DataPacket.ValueOneofCase.RpcResponse;
        var call = Perform("sleep", "");
        await Until(() => Sent.Exists(packet => packet.ValueCase == DataPacket.ValueOneofCase.RpcAck));
        await Task.Yield();

        _time.Advance(TimeSpan.FromSeconds(8));
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Until(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return call.IsCompleted;
        });

        Assert.Equal(RpcErrorCode.ResponseTimeout, (await Assert.ThrowsAsync<RpcException>(() => call)).Code);
    }

    [Fact]
    public async Task Who_leaves_answers_no_more()
    {
        Loses = _ => true;
        var call = Perform("greet", "");

        _caller.Disconnected("somebody else");
        Assert.False(call.IsCompleted);
        _caller.Disconnected("them");

        Assert.Equal(RpcErrorCode.RecipientDisconnected, (await Assert.ThrowsAsync<RpcException>(() => call)).Code);
    }

    [Fact]
    public async Task Another_version_is_refused()
    {
        _callee.Take("us", new RpcRequest { Id = "1", Method = "greet", Version = 9, ResponseTimeoutMs = 1000 });
        await Until(() => Sent.Count == 2);

        Assert.Equal((uint)RpcErrorCode.UnsupportedVersion, Sent[1].RpcResponse.Error.Code);
    }

    [Fact]
    public async Task What_cannot_be_sent_fails_at_once()
    {
        var caller = new RpcCalls(_ => throw new InvalidOperationException("closed"), _time);

        var failure = await Assert.ThrowsAsync<RpcException>(
            () => caller.Perform("them", "x", "", TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken));

        Assert.Equal(RpcErrorCode.SendFailed, failure.Code);
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        while (!condition()) await Task.Delay(5, limit.Token);
    }

    private Task<string> Perform(string method, string payload) => _caller.Perform(
        "them", method, payload, TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);

    private void There(DataPacket packet)
    {
        Sent.Add(packet);
        if (!Loses(packet)) _callee.Take("us", packet.RpcRequest);
    }

    private void Back(DataPacket packet)
    {
        Sent.Add(packet);
        if (Loses(packet)) return;
        if (packet.ValueCase == DataPacket.ValueOneofCase.RpcAck) _caller.Take(packet.RpcAck);
        else _caller.Take(packet.RpcResponse);
    }
}
