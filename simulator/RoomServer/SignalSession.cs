using System.Threading.Channels;
using Google.Protobuf;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// One signalling socket of a member. A member that resumes gets another; what is sent to one that has ended is lost.
/// </summary>
internal sealed class SignalSession(RoomFaults faults, TimeProvider time)
{
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(1);

    private readonly Channel<SignalResponse> _outbox =
        Channel.CreateUnbounded<SignalResponse>(new() { SingleReader = true });

    /// <summary>Queues a message; they are sent in order once the socket is open.</summary>
    public void Send(SignalResponse message) => _outbox.Writer.TryWrite(message);

    /// <summary>Closes the socket after what is queued.</summary>
    public void End() => _outbox.Writer.TryComplete();

    /// <summary>Serves the socket until either side ends it.</summary>
    /// <exception cref="InvalidProtocolBufferException">The client sent something else than a message.</exception>
    /// <param name="socket">The socket.</param>
    /// <param name="take">What the client says.</param>
    /// <param name="cut">Cuts the connection below the socket.</param>
    public async Task Serve(
        ProtobufSocket<SignalResponse, SignalRequest> socket, Action<SignalRequest> take, Action cut)
    {
        using var life = new CancellationTokenSource();
        var reading = Read(socket, take, life.Token);
        var writing = Write(socket, cut);
        await Task.WhenAny(reading, writing);
        End();
        await writing;
        // Cutting the socket now could overtake the last message; a client that is told closes its side.
        await Task.WhenAny(reading, Task.Delay(ClosePatience, time));
        await life.CancelAsync();
        await reading;
    }

    private static async Task Read(
        ProtobufSocket<SignalResponse, SignalRequest> socket, Action<SignalRequest> take, CancellationToken stop)
    {
        try
        {
            while (await socket.Receive(stop) is { } message)
                take(message);
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }

    private async Task Write(ProtobufSocket<SignalResponse, SignalRequest> socket, Action cut)
    {
        await foreach (var message in _outbox.Reader.ReadAllAsync())
        {
            if (faults.CutsBefore(message))
                cut();
            await socket.Send(message);
            if (faults.CutsAfter(message))
                cut();
        }
        await socket.Close();
    }
}
