using System.Text;
using System.Threading.Channels;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>What becomes of a participant's session, to be waited for.</summary>
internal sealed class SessionRecord : IRoomEvents
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _resuming = NewSignal();
    private readonly TaskCompletionSource _resumed = NewSignal();
    private readonly TaskCompletionSource _reconnecting = NewSignal();
    private readonly TaskCompletionSource _reconnected = NewSignal();
    private readonly TaskCompletionSource<RoomDisconnect> _disconnected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _data = Channel.CreateUnbounded<string>();

    public Task Resuming => _resuming.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public Task Resumed => _resumed.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public Task Reconnecting => _reconnecting.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public Task Reconnected => _reconnected.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public Task<RoomDisconnect> Disconnected => _disconnected.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    /// <summary>The next data.</summary>
    public Task<string> Data => _data.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience);

    public bool HasMoreData => _data.Reader.Count > 0;

    public int Reconnections { get; private set; }

    public Action<RoomParticipant>? WhileReconnecting { get; set; }

    public void OnResuming(RoomParticipant room, RoomDisconnect lost) => _resuming.TrySetResult();

    public void OnResumed(RoomParticipant room) => _resumed.TrySetResult();

    public void OnReconnecting(RoomParticipant room, RoomDisconnect lost)
    {
        Reconnections++;
        _reconnecting.TrySetResult();
    }

    public void OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        if (!_reconnecting.Task.IsCompleted || WhileReconnecting is not { } act) return;
        WhileReconnecting = null;
        act(room);
    }

    public void OnReconnected(RoomParticipant room) => _reconnected.TrySetResult();

    public void OnDisconnected(RoomParticipant room, RoomDisconnect disconnect) => _disconnected.TrySetResult(disconnect);

    public void OnData(RoomParticipant room, ReceivedData data) =>
        _data.Writer.TryWrite(Encoding.UTF8.GetString(data.Payload.Span));

    public void OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change)
    {
    }

    public void OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
