using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>How far a join is, as the server sees it.</summary>
public enum JoinStep
{
    /// <summary>The request has come, and is not upgraded to a WebSocket.</summary>
    Request,

    /// <summary>The participant is in the room, the socket is open, and the join is not answered.</summary>
    Upgraded,

    /// <summary>JoinResponse is sent.</summary>
    Joined,

    /// <summary>TrackPublishedResponse is due next.</summary>
    TrackPublishing,

    /// <summary>The SDP answer is due next.</summary>
    Answering,

    /// <summary>The SDP answer is sent: ICE begins.</summary>
    Answered,

    /// <summary>The server's ICE candidates are sent: ICE and DTLS are under way.</summary>
    Connecting,

    /// <summary>ICE and DTLS are complete at the server, and the client is about to be told that it is ACTIVE.</summary>
    Active,
}

/// <summary>
/// Faults to order from a <see cref="RoomServer"/>, for the tests of clients; none unless set. Thread-safe.
/// </summary>
public sealed class RoomFaults
{
    private readonly Lock _lock = new();
    private JoinStep? _cut;
    private double _refusals;
    private Random _chance = new(0);
    private int _dataLost;
    private int _refused;

    /// <summary>Whether the data packets that participants send are lost, as if they had never come.</summary>
    public bool LosesData { get; set; }

    /// <summary>How many were lost so.</summary>
    public int DataLost => Volatile.Read(ref _dataLost);

    /// <summary>How many rooms and dispatches the API has refused (<see cref="RefuseDispatches"/>).</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>The signalling socket of the next join that comes so far is cut there, as a broken network cuts it.</summary>
    /// <param name="step">Where.</param>
    public void CutNextJoin(JoinStep step)
    {
        lock (_lock)
            _cut = step;
    }

    /// <summary>Has the API refuse a share of the rooms to be made, and of the agents to be dispatched.</summary>
    /// <param name="share">0 for none to 1 for all.</param>
    /// <param name="chance">Decides which; a seeded one is repeatable.</param>
    public void RefuseDispatches(double share, Random chance)
    {
        lock (_lock)
            (_refusals, _chance) = (share, chance);
    }

    internal bool Refuses()
    {
        lock (_lock)
        {
            if (_refusals <= 0 || _chance.NextDouble() >= _refusals)
                return false;
            _refused++;
            return true;
        }
    }

    internal bool Loses()
    {
        if (LosesData)
            Interlocked.Increment(ref _dataLost);
        return LosesData;
    }

    /// <summary>Whether the socket is to be cut here; once.</summary>
    internal bool Cuts(JoinStep step)
    {
        lock (_lock)
        {
            if (_cut != step)
                return false;
            _cut = null;
            return true;
        }
    }

    internal bool CutsBefore(SignalResponse message) => message.MessageCase switch
    {
        SignalResponse.MessageOneofCase.TrackPublished => Cuts(JoinStep.TrackPublishing),
        SignalResponse.MessageOneofCase.Answer => Cuts(JoinStep.Answering),
        SignalResponse.MessageOneofCase.Update => message.Update.Participants is [{ State: ParticipantInfo.Types.State.Active }]
            && Cuts(JoinStep.Active),
        _ => false,
    };

    internal bool CutsAfter(SignalResponse message) => message.MessageCase switch
    {
        SignalResponse.MessageOneofCase.Join => Cuts(JoinStep.Joined),
        SignalResponse.MessageOneofCase.Answer => Cuts(JoinStep.Answered),
        SignalResponse.MessageOneofCase.Trickle => Cuts(JoinStep.Connecting),
        _ => false,
    };
}
