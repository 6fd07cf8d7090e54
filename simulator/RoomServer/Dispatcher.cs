using GoTo.LiveKit;
using GoTo.LiveKit.Protocol;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// Brings dispatches and workers together. A dispatch without a free worker of its name waits until one registers.
/// </summary>
internal sealed class Dispatcher(RoomServerOptions options, Sids sids, TimeProvider time, ILogger<RoomServer> logger)
{
    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly List<AgentWorker> _workers = [];
    private readonly Dictionary<string, PendingJob> _jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<AgentDispatch>> _dispatches = new(StringComparer.Ordinal);

    public AgentDispatch Dispatch(Room room, RoomAgentDispatch agent)
    {
        // A room tells of departures under its own lock, so nothing is asked of it under this one.
        var description = room.Describe();
        lock (_lock)
        {
            var dispatch = new AgentDispatch
            {
                Id = sids.Dispatch(),
                AgentName = agent.AgentName,
                Room = room.Name,
                Metadata = agent.Metadata,
                RestartPolicy = agent.RestartPolicy,
                Deployment = agent.Deployment,
                Attributes = { agent.Attributes },
                State = new AgentDispatchState { CreatedAt = NowNanoseconds() },
            };
            var job = new Job
            {
                Id = sids.Job(),
                Type = JobType.JtRoom,
                Room = description,
                Metadata = agent.Metadata,
                AgentName = agent.AgentName,
                DispatchId = dispatch.Id,
                State = new JobState { UpdatedAt = NowNanoseconds() },
            };
            dispatch.State.Jobs.Add(job);
            if (!_dispatches.TryGetValue(room.Name, out var ofRoom))
                _dispatches[room.Name] = ofRoom = [];
            ofRoom.Add(dispatch);
            _jobs.Add(job.Id, new PendingJob(job));
            Offer(job.Id);
            return dispatch.Clone();
        }
    }

    public AgentDispatch? Withdraw(string room, string dispatchId)
    {
        lock (_lock)
        {
            var dispatch = _dispatches.GetValueOrDefault(room)?.FirstOrDefault(each => each.Id == dispatchId);
            if (dispatch is null)
                return null;
            _dispatches[room].Remove(dispatch);
            dispatch.State.DeletedAt = NowNanoseconds();
            foreach (var job in dispatch.State.Jobs)
                Terminate(job.Id);
            return dispatch.Clone();
        }
    }

    public IReadOnlyList<AgentDispatch> Of(string room)
    {
        lock (_lock)
            return [.. _dispatches.GetValueOrDefault(room, []).Select(dispatch => dispatch.Clone())];
    }

    public void RoomClosed(Room room)
    {
        lock (_lock)
        {
            if (!_dispatches.Remove(room.Name, out var dispatches))
                return;
            foreach (var job in dispatches.SelectMany(dispatch => dispatch.State.Jobs))
                Terminate(job.Id);
        }
    }

    /// <summary>
    /// An agent has left its room: its job is over, and failed. As with LiveKit's server, no other one is dispatched in
    /// its place: that is the decision of whoever dispatched it.
    /// </summary>
    public void Departed(Room room, ParticipantInfo participant)
    {
        lock (_lock)
        {
            var pending = _jobs.Values.FirstOrDefault(job => job.IsAssigned && job.Job.Room.Name == room.Name
                && job.Job.State.ParticipantIdentity == participant.Identity
                && job.Job.State.Status == JobStatus.JsRunning);
            if (pending is null || participant.DisconnectReason == DisconnectReason.DuplicateIdentity)
                return;
            pending.Job.State.Status = JobStatus.JsFailed;
            pending.Job.State.Error = "agent worker left the room";
            pending.Job.State.EndedAt = pending.Job.State.UpdatedAt = NowNanoseconds();
            pending.Worker?.Send(new ServerMessage { Termination = new JobTermination { JobId = pending.Job.Id } });
        }
    }

    /// <summary>A worker is ready: the jobs that wait for its name are offered to it.</summary>
    public void Registered(AgentWorker worker)
    {
        lock (_lock)
        {
            _workers.Add(worker);
            foreach (var (id, pending) in _jobs.ToArray())
            {
                if (pending.Worker is null && pending.Job.AgentName == worker.AgentName)
                    Offer(id);
            }
        }
    }

    /// <summary>A worker is gone: what it was offered and has not begun goes to another.</summary>
    public void Gone(AgentWorker worker)
    {
        lock (_lock)
        {
            _workers.Remove(worker);
            foreach (var (id, pending) in _jobs.ToArray())
            {
                if (pending.Worker != worker || pending.IsAssigned)
                    continue;
                pending.Worker = null;
                Offer(id);
            }
        }
    }

    public void Answered(AgentWorker worker, AvailabilityResponse answer)
    {
        lock (_lock)
        {
            if (!_jobs.TryGetValue(answer.JobId, out var pending) || pending.Worker != worker || pending.IsAssigned)
                return;
            if (!answer.Available)
            {
                pending.Declined.Add(worker);
                pending.Worker = null;
                Offer(answer.JobId);
                return;
            }
            var job = pending.Job;
            var identity = answer.ParticipantIdentity.Length > 0 ? answer.ParticipantIdentity : $"agent-{job.Id}";
            pending.IsAssigned = true;
            job.State.WorkerId = worker.Id;
            job.State.ParticipantIdentity = identity;
            job.State.StartedAt = NowNanoseconds();
            job.State.Status = JobStatus.JsRunning;
            logger.JobAssigned(job.Room.Name, job.AgentName, job.Id, worker.Id);
            worker.Send(new ServerMessage
            {
                Assignment = new JobAssignment { Job = job.Clone(), Token = TokenFor(job, identity, answer) },
            });
        }
    }

    public void Updated(AgentWorker worker, UpdateJobStatus update)
    {
        lock (_lock)
        {
            if (!_jobs.TryGetValue(update.JobId, out var pending) || pending.Worker != worker)
                return;
            pending.Job.State.Status = update.Status;
            pending.Job.State.Error = update.Error;
            pending.Job.State.UpdatedAt = NowNanoseconds();
            if (update.Status is JobStatus.JsSuccess or JobStatus.JsFailed)
                pending.Job.State.EndedAt = NowNanoseconds();
        }
    }

    // A worker may have several jobs; the one with the fewest is asked first.
    private void Offer(string jobId)
    {
        var pending = _jobs[jobId];
        var worker = _workers
            .Where(each => each.AgentName == pending.Job.AgentName && each.IsAvailable
                && !pending.Declined.Contains(each))
            .MinBy(each => _jobs.Values.Count(job => job.Worker == each));
        if (worker is null)
        {
            logger.NoWorker(pending.Job.Room.Name, pending.Job.AgentName);
            return;
        }
        pending.Worker = worker;
        worker.Send(new ServerMessage { Availability = new AvailabilityRequest { Job = pending.Job.Clone() } });
    }

    private void Terminate(string jobId)
    {
        if (_jobs.Remove(jobId, out var pending) && pending is { IsAssigned: true, Worker: { } worker })
            worker.Send(new ServerMessage { Termination = new JobTermination { JobId = jobId } });
    }

    private string TokenFor(Job job, string identity, AvailabilityResponse answer) => new AccessToken
    {
        Identity = identity,
        Name = answer.ParticipantName,
        Metadata = answer.ParticipantMetadata,
        Attributes = answer.ParticipantAttributes,
        Kind = ParticipantInfo.Types.Kind.Agent,
        Video = new VideoGrant
        {
            RoomJoin = true,
            Room = job.Room.Name,
            CanPublish = true,
            CanSubscribe = true,
            CanPublishData = true,
            CanUpdateOwnMetadata = true,
            Agent = true,
        },
        ValidFor = TokenLife,
    }.Sign(options.ApiKey, options.ApiSecret, time);

    private long NowNanoseconds() => time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;

    private sealed class PendingJob(Job job)
    {
        public Job Job { get; } = job;

        public AgentWorker? Worker { get; set; }

        public bool IsAssigned { get; set; }

        public HashSet<AgentWorker> Declined { get; } = [];
    }
}
