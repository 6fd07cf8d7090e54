using GoTo.LiveKit;

namespace GoTo.Simulator.Agents;

/// <summary>
/// One room of an <see cref="EchoAgent"/>: the audio of the participant heard first goes back into the room as it is,
/// payload by payload; when it leaves, the next one's.
/// </summary>
internal sealed class EchoJob : IRoomEvents, IDisposable
{
    private static readonly Dictionary<string, string> Listening = new() { ["lk.agent.state"] = "listening" };

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<RemoteAudioTrack> _heard = [];
    private bool _disposed;

    public Task Running { get; set; } = Task.CompletedTask;

    public CancellationToken Stop => _stop.Token;

    /// <summary>Completes when the job is to end or the room is gone.</summary>
    public Task Over => _over.Task;

    public async Task End()
    {
        lock (_stop)
        {
            if (!_disposed)
                _stop.Cancel();
        }
        _over.TrySetResult();
        await Running;
    }

    public void Dispose()
    {
        lock (_stop)
        {
            _disposed = true;
            _stop.Dispose();
        }
    }

    public void OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change)
    {
    }

    public void OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        // Another agent's audio is not echoed: two of these would never fall silent.
        if (track.Participant.IsAgent)
            return;
        _heard.Add(track);
        if (_heard.Count == 1)
            track.Receiver.Forward(room.Microphone);
        room.SetAttributes(Listening);
    }

    public void OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
    {
        var wasEchoed = _heard.FirstOrDefault() == track;
        if (!_heard.Remove(track) || !wasEchoed)
            return;
        track.Receiver.StopForwarding(room.Microphone);
        if (_heard is [var next, ..])
            next.Receiver.Forward(room.Microphone);
    }

    public void OnDisconnected(RoomParticipant room, RoomDisconnect disconnect) => _over.TrySetResult();
}
