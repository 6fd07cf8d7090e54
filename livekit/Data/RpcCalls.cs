using System.Collections.Concurrent;
using System.Text;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>Our calls to other participants: request, acknowledgement, response. Thread-safe.</summary>
internal sealed class RpcCalls(Action<DataPacket> send, TimeProvider time)
{
    /// <summary>How long the acknowledgement may take.</summary>
    public static readonly TimeSpan AckTimeout = TimeSpan.FromSeconds(7);

    private static readonly TimeSpan LeastEffectiveTimeout = TimeSpan.FromSeconds(1);
    private const uint Version = 1;

    private readonly ConcurrentDictionary<string, Call> _pending = new();

    public async Task<string> Perform(
        string identity, string method, string payload, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(payload) > RpcException.MaxPayload)
            throw new RpcException(
                RpcErrorCode.RequestPayloadTooLarge, $"A request has at most {RpcException.MaxPayload} bytes.");
        var call = new Call(identity);
        var id = Guid.NewGuid().ToString();
        _pending[id] = call;
        try
        {
            // The other side is given what is left of the time-out after the slowest acknowledgement.
            var forThem = timeout - AckTimeout > LeastEffectiveTimeout ? timeout - AckTimeout : LeastEffectiveTimeout;
            Send(identity, new DataPacket
            {
                RpcRequest = new RpcRequest
                {
                    Id = id, Method = method, Payload = payload, Version = Version,
                    ResponseTimeoutMs = (uint)forThem.TotalMilliseconds,
                },
            });
            var start = time.GetTimestamp();
            await Within(call.Acknowledged.Task, Shorter(AckTimeout, timeout), RpcErrorCode.ConnectionTimeout)
                .ConfigureAwait(false);
            return await Within(call.Answered.Task, timeout - time.GetElapsedTime(start), RpcErrorCode.ResponseTimeout)
                .ConfigureAwait(false);
        }
        finally
        {
            _pending.TryRemove(id, out _);
        }

        async Task<T> Within<T>(Task<T> what, TimeSpan limit, int code)
        {
            try
            {
                return await what.WaitAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, time, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                throw new RpcException(code, code == RpcErrorCode.ConnectionTimeout
                    ? $"{identity} did not acknowledge the call of {method}."
                    : $"{identity} did not answer the call of {method} in time.");
            }
        }
    }

    public void Take(RpcAck ack)
    {
        if (_pending.TryGetValue(ack.RequestId, out var call)) call.Acknowledged.TrySetResult(true);
    }

    public void Take(RpcResponse response)
    {
        if (!_pending.TryGetValue(response.RequestId, out var call)) return;
        if (response.ValueCase == RpcResponse.ValueOneofCase.Error)
            call.Fail(new RpcException((int)response.Error.Code, response.Error.Message, response.Error.Data));
        else
            call.Answered.TrySetResult(response.Payload);
        call.Acknowledged.TrySetResult(true); // an answer says as much
    }

    /// <summary>A participant left: it answers no more. Everybody did, when none is named.</summary>
    public void Disconnected(string? identity = null)
    {
        foreach (var call in _pending.Values.Where(call => identity is null || call.Identity == identity))
            call.Fail(new RpcException(RpcErrorCode.RecipientDisconnected, $"{call.Identity} is out of reach."));
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Send(string identity, DataPacket packet)
    {
        packet.DestinationIdentities.Add(identity);
        try
        {
            send(packet);
        }
        catch (InvalidOperationException e)
        {
            throw new RpcException(RpcErrorCode.SendFailed, $"The call could not be sent: {e.Message}");
        }
    }

    private sealed record Call(string Identity)
    {
        public TaskCompletionSource<bool> Acknowledged { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<string> Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Fail(RpcException failure)
        {
            if (Acknowledged.TrySetException(failure)) _ = Acknowledged.Task.Exception;
            if (Answered.TrySetException(failure)) _ = Answered.Task.Exception;
        }
    }
}
