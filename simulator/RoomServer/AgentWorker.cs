using System.Threading.Channels;
using Google.Protobuf;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>A worker's socket at <c>/agent</c>, as the server sees it (livekit_agent.proto).</summary>
internal sealed class AgentWorker(string id, Dispatcher dispatcher, TimeProvider time, ILogger<RoomServer> logger)
{
    private readonly Channel<ServerMessage> _outbox =
        Channel.CreateUnbounded<ServerMessage>(new() { SingleReader = true });

    private bool _registered;
    private volatile bool _full;

    public string Id { get; } = id;

    public string AgentName { get; private set; } = "";

    public bool IsAvailable => !_full;

    public void Send(ServerMessage message) => _outbox.Writer.TryWrite(message);

    public async Task Serve(ProtobufSocket<ServerMessage, WorkerMessage> socket, CancellationToken stop)
    {
        var writing = Write(socket);
        try
        {
            while (await socket.Receive(stop) is { } message)
                Handle(message);
        }
        catch (InvalidProtocolBufferException)
        {
            logger.MalformedWorkerMessage(Id);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            if (_registered)
                dispatcher.Gone(this);
            _outbox.Writer.TryComplete();
            await writing;
        }
    }

    private void Handle(WorkerMessage message)
    {
        switch (message.MessageCase)
        {
            case WorkerMessage.MessageOneofCase.Register when !_registered:
                _registered = true;
                AgentName = message.Register.AgentName;
                logger.WorkerRegistered(Id, AgentName);
                Send(new ServerMessage
                {
                    Register = new RegisterWorkerResponse { WorkerId = Id, ServerInfo = RoomServer.Info.Clone() },
                });
                // Workers for publishers and participants may register and get no jobs.
                if (message.Register.Type == JobType.JtRoom)
                    dispatcher.Registered(this);
                break;
            case WorkerMessage.MessageOneofCase.Availability:
                dispatcher.Answered(this, message.Availability);
                break;
            case WorkerMessage.MessageOneofCase.UpdateWorker when message.UpdateWorker.HasStatus:
                _full = message.UpdateWorker.Status == WorkerStatus.WsFull;
                break;
            case WorkerMessage.MessageOneofCase.UpdateJob:
                dispatcher.Updated(this, message.UpdateJob);
                break;
            case WorkerMessage.MessageOneofCase.Ping:
                Send(new ServerMessage
                {
                    Pong = new WorkerPong
                    {
                        LastTimestamp = message.Ping.Timestamp,
                        Timestamp = time.GetUtcNow().ToUnixTimeMilliseconds(),
                    },
                });
                break;
        }
    }

    private async Task Write(ProtobufSocket<ServerMessage, WorkerMessage> socket)
    {
        await foreach (var message in _outbox.Reader.ReadAllAsync())
            await socket.Send(message);
        await socket.Close();
    }
}
