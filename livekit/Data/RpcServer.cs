using System.Collections.Concurrent;
using System.Text;
using GoTo.LiveKit.Protocol;
using Microsoft.Extensions.Logging;

namespace GoTo.LiveKit;

/// <summary>Answers the calls of other participants: acknowledged at once, answered when the method is done.</summary>
internal sealed class RpcServer(
    IReadOnlyDictionary<string, RpcHandler> methods, Action<DataPacket> send, TimeProvider time, ILogger logger)
    : IDisposable
{
    private const int MaxRunning = 64;
    private const int MaxMessage = 256;
    private const uint Version = 1;

    private readonly ConcurrentDictionary<string, bool> _running = new();
    private readonly CancellationTokenSource _life = new();
    private volatile bool _stopped;

    public void Take(string identity, RpcRequest request)
    {
        if (_stopped || _running.Count >= MaxRunning || !_running.TryAdd(request.Id, true)) return;
        _ = Answer(identity, request);
    }

    /// <summary>Cancels what runs.</summary>
    public void Dispose()
    {
        _stopped = true;
        _life.Cancel();
        _life.Dispose();
    }

    private async Task Answer(string identity, RpcRequest request)
    {
        var response = new RpcResponse { RequestId = request.Id };
        try
        {
            Send(identity, new DataPacket { RpcAck = new RpcAck { RequestId = request.Id } });
            response.Payload = await Run(identity, request).ConfigureAwait(false);
        }
        catch (RpcException e)
        {
            response.Error = new RpcError { Code = (uint)e.Code, Message = Cut(e.Message), Data = e.Payload };
        }
        catch (OperationCanceledException)
        {
            response.Error = _stopped
                ? new RpcError { Code = RpcErrorCode.RecipientDisconnected, Message = "The participant leaves." }
                : new RpcError { Code = RpcErrorCode.ResponseTimeout, Message = "The method took too long." };
        }
#pragma warning disable CA1031 // Whatever the application throws, the caller gets its answer.
        catch (Exception e)
        {
            logger.RpcFailed(request.Method, e);
            response.Error = new RpcError { Code = RpcErrorCode.ApplicationError, Message = "The method failed." };
        }
#pragma warning restore CA1031
        finally
        {
            _running.TryRemove(request.Id, out _);
        }

        Send(identity, new DataPacket { RpcResponse = response });
    }

    private async Task<string> Run(string identity, RpcRequest request)
    {
        if (request.Version != Version)
            throw new RpcException(RpcErrorCode.UnsupportedVersion, $"Only version {Version} of calls is spoken here.");
        if (!methods.TryGetValue(request.Method, out var handler))
            throw new RpcException(RpcErrorCode.UnsupportedMethod, $"There is no method {Cut(request.Method)}.");
        var timeout = TimeSpan.FromMilliseconds(Math.Clamp(request.ResponseTimeoutMs, 1, int.MaxValue));
        using var late = new CancellationTokenSource(timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _life.Token);
        var answer = await handler(
            new RpcInvocation(identity, request.Method, request.Payload, timeout), stop.Token).ConfigureAwait(false);
        return Encoding.UTF8.GetByteCount(answer) <= RpcException.MaxPayload
            ? answer
            : throw new RpcException(
                RpcErrorCode.ResponsePayloadTooLarge, $"An answer has at most {RpcException.MaxPayload} bytes.");
    }

    private static string Cut(string text) => text.Length <= MaxMessage ? text : text[..MaxMessage];

    private void Send(string identity, DataPacket packet)
    {
        packet.DestinationIdentities.Add(identity);
        try
        {
            send(packet);
        }
        catch (InvalidOperationException e)
        {
            // The room or its data channel is gone, and the caller with it.
            logger.DataNotSent(e.Message);
        }
    }
}
