using Google.Protobuf;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <content>
/// Data packets: each goes to those it is for, or to everybody but its sender, with the sender written over. What is not
/// known here travels on unread.
/// </content>
internal sealed partial class Room
{
    private static readonly TimeSpan DefaultRpcTimeout = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, TaskCompletionSource<RpcResponse>> _calls = new(StringComparer.Ordinal);

    /// <summary>Passes a member's packet on.</summary>
    public void Forward(RoomMember member, DataPacket packet, bool isReliable)
    {
        lock (_lock)
        {
            if (_options.Faults.Loses() || !Holds(member) || !member.Info.Permission.CanPublishData || !member.IsNew(packet, isReliable))
                return;
            if (packet.RpcResponse is { } response && _calls.Remove(response.RequestId, out var call))
            {
                call.TrySetResult(response);
                return;
            }
            packet.ParticipantIdentity = member.Info.Identity;
            packet.ParticipantSid = member.Info.Sid;
            Deliver(packet, isReliable, except: member);
        }
    }

    /// <summary>The API sends data, from nobody.</summary>
    public void SendData(SendDataRequest request)
    {
        lock (_lock)
        {
            var packet = new DataPacket
            {
                Kind = request.Kind,
                User = new UserPacket { Payload = request.Data, Nonce = request.Nonce },
            };
            if (request.HasTopic)
                packet.User.Topic = request.Topic;
            packet.DestinationIdentities.AddRange(request.DestinationIdentities);
            packet.DestinationIdentities.AddRange(_members.Values
                .Where(member => request.DestinationSids.Contains(member.Info.Sid)).Select(member => member.Info.Identity));
            Deliver(packet, request.Kind == DataPacket.Types.Kind.Reliable, except: null);
        }
    }

    /// <summary>The API calls a method of a member; null when the member is not here.</summary>
    /// <exception cref="TimeoutException">The member has not answered in time.</exception>
    public async Task<RpcResponse?> PerformRpc(PerformRpcRequest request, CancellationToken stop)
    {
        var id = Guid.NewGuid().ToString();
        var answer = new TaskCompletionSource<RpcResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        var limit = request.ResponseTimeoutMs == 0 ? DefaultRpcTimeout : TimeSpan.FromMilliseconds(request.ResponseTimeoutMs);
        lock (_lock)
        {
            if (!_members.ContainsKey(request.DestinationIdentity))
                return null;
            _calls[id] = answer;
            var packet = new DataPacket
            {
                DestinationIdentities = { request.DestinationIdentity },
                RpcRequest = new RpcRequest
                {
                    Id = id,
                    Method = request.Method,
                    Payload = request.Payload,
                    ResponseTimeoutMs = (uint)limit.TotalMilliseconds,
                    Version = 1,
                },
            };
            Deliver(packet, isReliable: true, except: null);
        }
        try
        {
            return await answer.Task.WaitAsync(limit, _time, stop);
        }
        finally
        {
            lock (_lock)
                _calls.Remove(id);
        }
    }

    private void Deliver(DataPacket packet, bool isReliable, RoomMember? except)
    {
        var bytes = packet.ToByteArray();
        foreach (var member in _members.Values)
        {
            if (member != except && (packet.DestinationIdentities.Count == 0
                || packet.DestinationIdentities.Contains(member.Info.Identity)))
                member.Channels.Send(bytes, isReliable);
        }
    }
}
