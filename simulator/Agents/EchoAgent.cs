using System.Collections.Concurrent;
using System.Net.WebSockets;
using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.Simulator.Agents;

/// <summary>What an <see cref="EchoAgent"/> registers as, and where.</summary>
public sealed class EchoAgentOptions
{
    /// <summary>The room server.</summary>
    public required LiveKitOptions Server { get; init; }

    /// <summary>The agent name that dispatches ask for; <c>echo</c> unless set.</summary>
    public string AgentName { get; init; } = "echo";

    /// <summary>What goes wrong with a job, by the job's id; nothing unless set.</summary>
    public Func<string, EchoAgentFault> Fault { get; init; } = _ => EchoAgentFault.None;

    /// <summary>Where its media is bound: by default one shard on a free port of loopback.</summary>
    public RtcOptions Media { get; init; } = new();
}

/// <summary>What goes wrong with a job of an <see cref="EchoAgent"/>, for the tests of those who dispatch it.</summary>
public enum EchoAgentFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It takes the job, and never comes.</summary>
    NeverComes,

    /// <summary>It comes, and leaves at once.</summary>
    LeavesAtOnce,

    /// <summary>It comes, and publishes no audio.</summary>
    NoAudio,
}

/// <summary>
/// An agent that sends back what it hears: a worker on the room server's <c>/agent</c> socket that joins the room of
/// each job it is given, as LiveKit's agent frameworks do. It knows nothing of the server but its address and key.
/// </summary>
public sealed class EchoAgent : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly EchoAgentOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly ILogger<EchoAgent> _logger;
    private readonly RtcEngine _engine;
    private readonly ConcurrentDictionary<string, EchoJob> _jobs = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _life = new();
    private volatile ProtobufSocket<WorkerMessage, ServerMessage> _socket;
    private Task _serving = Task.CompletedTask;

    private EchoAgent(
        EchoAgentOptions options, TimeProvider time, ILoggerFactory logs, RtcEngine engine,
        ProtobufSocket<WorkerMessage, ServerMessage> socket)
    {
        _options = options;
        _time = time;
        _logs = logs;
        _logger = logs.CreateLogger<EchoAgent>();
        _engine = engine;
        _socket = socket;
    }

    /// <summary>How many jobs it has.</summary>
    public int Jobs => _jobs.Count;

    /// <summary>Connects and registers; completes when the server can give it jobs.</summary>
    /// <param name="options">Server, name, media.</param>
    /// <param name="time">The clock of its timers.</param>
    /// <param name="logs">Where it logs.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <exception cref="WebSocketException">The server cannot be reached or refuses the worker.</exception>
    public static async Task<EchoAgent> Start(
        EchoAgentOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logs);
        var engine = new RtcEngine(options.Media, time, logs);
        EchoAgent? agent = null;
        try
        {
            var socket = await Connect(options.Server, time, cancellationToken);
            agent = new EchoAgent(options, time, logs, engine, socket);
            await agent.Register(cancellationToken);
            await engine.Ready;
            agent._serving = agent.Serve();
            return agent;
        }
        catch
        {
            if (agent is not null)
                await agent.DisposeAsync();
            else
                await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Leaves all rooms and closes the worker socket and the media.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_jobs.Values.Select(job => job.End()));
        await _life.CancelAsync();
        await _serving;
        await _socket.DisposeAsync();
        await _engine.DisposeAsync();
        _life.Dispose();
    }

    private static async Task<ProtobufSocket<WorkerMessage, ServerMessage>> Connect(
        LiveKitOptions server, TimeProvider time, CancellationToken stop)
    {
        var token = new AccessToken { Video = new VideoGrant { Agent = true } }
            .Sign(server.ApiKey!, server.ApiSecret!, time);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            socket.Options.RemoteCertificateValidationCallback = server.CertificateValidation;
            await socket.ConnectAsync(new Uri(server.SocketBase, "agent?protocol=1"), stop);
            return new ProtobufSocket<WorkerMessage, ServerMessage>(socket, ServerMessage.Parser);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task Register(CancellationToken stop)
    {
        var request = new RegisterWorkerRequest
        {
            Type = JobType.JtRoom,
            AgentName = _options.AgentName,
            Version = "1.0.0",
            AllowedPermissions = new ParticipantPermission
            {
                CanPublish = true, CanSubscribe = true, CanPublishData = true, CanUpdateMetadata = true,
            },
        };
        await _socket.Send(new WorkerMessage { Register = request }, stop);
        var answer = await _socket.Receive(stop);
        if (answer?.MessageCase != ServerMessage.MessageOneofCase.Register)
            throw new WebSocketException($"The worker was not registered: the socket was {_socket.End}.");
    }

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                while (await _socket.Receive(_life.Token) is { } message)
                    await Handle(message);
                _logger.WorkerSocketEnded(_socket.End);
                await RegisterAgain();
            }
        }
        catch (OperationCanceledException)
        {
            // Our own end.
        }
    }

    /// <summary>A server that was restarted knows no workers; the jobs that are under way look after themselves.</summary>
    private async Task RegisterAgain()
    {
        while (true)
        {
            await Task.Delay(Pause, _time, _life.Token);
            await _socket.DisposeAsync();
            try
            {
                _socket = await Connect(_options.Server, _time, _life.Token);
                await Register(_life.Token);
                return;
            }
            catch (WebSocketException)
            {
                // Not there yet.
            }
        }
    }

    private async Task Handle(ServerMessage message)
    {
        switch (message.MessageCase)
        {
            case ServerMessage.MessageOneofCase.Availability:
                var id = message.Availability.Job.Id;
                await _socket.Send(new WorkerMessage
                {
                    Availability = new AvailabilityResponse
                    {
                        JobId = id,
                        Available = true,
                        ParticipantIdentity = $"{_options.AgentName}-{id}",
                        ParticipantName = _options.AgentName,
                    },
                });
                break;
            case ServerMessage.MessageOneofCase.Assignment:
                Begin(message.Assignment);
                break;
            case ServerMessage.MessageOneofCase.Termination:
                if (_jobs.TryGetValue(message.Termination.JobId, out var job))
                    await job.End();
                break;
        }
    }

    private void Begin(JobAssignment assignment)
    {
        var id = assignment.Job.Id;
        var url = assignment.HasUrl && assignment.Url.Length > 0 ? new Uri(assignment.Url) : _options.Server.Url!;
        var fault = _options.Fault(id);
        var options = new JoinOptions
        {
            Url = url,
            CertificateValidation = _options.Server.CertificateValidation,
            Token = fault is EchoAgentFault.NoAudio ? WithoutAudio(assignment) : assignment.Token,
            Name = $"{_options.AgentName} {id}",
            TrackName = "echo",
        };
        var job = _jobs[id] = new EchoJob();
        job.Running = Run(id, job, options, fault);
    }

    private string WithoutAudio(JobAssignment assignment) => new AccessToken
    {
        Identity = assignment.Job.State.ParticipantIdentity,
        Kind = ParticipantInfo.Types.Kind.Agent,
        Video = new VideoGrant
        {
            RoomJoin = true, Room = assignment.Job.Room.Name, CanPublish = false, CanPublishData = true, Agent = true,
        },
    }.Sign(_options.Server.ApiKey!, _options.Server.ApiSecret!, _time);

    private async Task Run(string id, EchoJob job, JoinOptions options, EchoAgentFault fault)
    {
        var status = JobStatus.JsSuccess;
        var error = "";
        try
        {
            if (fault is not EchoAgentFault.NeverComes)
            {
                await using var room = await RoomParticipant.Join(options, _engine, job, _time, _logs, job.Stop);
                await Report(id, JobStatus.JsRunning);
                if (fault is not EchoAgentFault.LeavesAtOnce)
                    await job.Over;
            }
            else
                await job.Over;
        }
        catch (RoomJoinException e)
        {
            (status, error) = (JobStatus.JsFailed, e.Message);
            _logger.JobFailed(id, e);
        }
        catch (OperationCanceledException)
        {
            error = "ended while joining";
        }
        _jobs.TryRemove(id, out _);
        job.Dispose();
        await Report(id, status, error);
    }

    private ValueTask Report(string id, JobStatus status, string error = "") =>
        _socket.Send(new WorkerMessage
        {
            UpdateJob = new UpdateJobStatus { JobId = id, Status = status, Error = error },
        });
}
