using System.Collections.Immutable;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging;

namespace GoTo.LiveKit;

/// <summary>
/// Our participant in a LiveKit room: one audio track published, the others' audio tracks received, over the single
/// peer connection of <c>/rtc/v1</c>, or, where the server does not know that, the two of <c>/rtc</c>. A thread-safe handle; what it shows is the state after the latest message.
/// </summary>
/// <remarks>
/// When the signalling socket is lost, the session is resumed over a new one while audio goes on; when the media path is
/// lost, a new one is looked for (ICE restart). When the session is lost, with the server or by its word, another is
/// joined in its place: our track, attributes and waiting data go there, the others' tracks come anew (full reconnect).
/// What cannot be had back within the bounds, or was ended on purpose, ends with a typed <see cref="RoomDisconnect"/>.
/// </remarks>
public sealed partial class RoomParticipant : IAsyncDisposable
{
    private readonly Lock _waitersLock = new();
    private readonly List<Waiter> _waiters = [];
    private volatile ImmutableDictionary<string, RemoteParticipant> _participants =
        ImmutableDictionary<string, RemoteParticipant>.Empty;
    private IReadOnlyList<RemoteAudioTrack> _tracks = [];
    private volatile bool _microphoneSubscribed;
    private volatile ParticipantInfo.Types.State _state;
    private volatile RoomDisconnect? _end;

    /// <summary>Our identity in the room, from the token.</summary>
    public string Identity { get; private set; } = "";

    /// <summary>Our session in the room (<c>PA_…</c>). Another one after a full reconnect.</summary>
    public string Sid { get; private set; } = "";

    /// <summary>The room's name.</summary>
    public string RoomName { get; private set; } = "";

    /// <summary>The room's session (<c>RM_…</c>).</summary>
    public string RoomSid { get; private set; } = "";

    /// <summary>How far the server says we are: ACTIVE once it has our media connected too.</summary>
    public ParticipantInfo.Types.State State => _state;

    /// <summary>
    /// What we publish: Opus payloads sent or forwarded here are heard in the room. Another one after a full reconnect
    /// (<see cref="IRoomEvents.OnReconnected"/>).
    /// </summary>
    public AudioSender Microphone => _session.Microphone.Sender;

    /// <summary>The track of <see cref="Microphone"/> (<c>TR_…</c>); empty until the server has named it.</summary>
    public string MicrophoneSid { get; private set; } = "";

    /// <summary>
    /// Whether there are two peer connections, since the server does not know <c>/rtc/v1</c>: <see cref="Peer"/> is then the
    /// one that we send on.
    /// </summary>
    public bool HasTwoConnections => _session.Subscriber is not null;

    /// <summary>The peer connection to the room server. Another one after a full reconnect.</summary>
    public RtcPeer Peer => _session.Peer;

    /// <summary>The others in the room now.</summary>
    public IReadOnlyCollection<RemoteParticipant> Participants => [.. _participants.Values];

    /// <summary>The remote audio tracks received now.</summary>
    public IReadOnlyList<RemoteAudioTrack> Tracks => Volatile.Read(ref _tracks);

    /// <summary>Whether somebody in the room receives our track.</summary>
    public bool IsMicrophoneSubscribed => _microphoneSubscribed;

    /// <summary>How it ended, or null while in the room.</summary>
    public RoomDisconnect? Disconnect => _end;

    /// <summary>
    /// Joins a room: one request carries the track and the SDP offer. Completes when the audio path is connected.
    /// </summary>
    /// <param name="options">Server, token, track, shard.</param>
    /// <param name="engine">Makes the peer connection.</param>
    /// <param name="events">What is told of the room.</param>
    /// <param name="time">The clock of the signalling's timers.</param>
    /// <param name="logs">Where it logs.</param>
    /// <param name="cancellationToken">Gives up; nothing is left open.</param>
    /// <returns>The participant, in the room.</returns>
    /// <exception cref="RoomJoinException">The join failed; the step and the server's words are in it.</exception>
    public static async Task<RoomParticipant> Join(
        JoinOptions options, RtcEngine engine, IRoomEvents events, TimeProvider time, ILoggerFactory logs,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logs);
        Check(options);
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var participant = new RoomParticipant(options, engine, events, time, logs.CreateLogger<RoomParticipant>());
        try
        {
            await participant.Connect(stop.Token).ConfigureAwait(false);
            return participant;
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested
            && !cancellationToken.IsCancellationRequested)
        {
            await participant.Abandon().ConfigureAwait(false);
            throw new RoomJoinException(
                RoomJoinStep.TimedOut, $"The join took longer than {options.Timeout}: {participant._progress}.", e);
        }
        catch
        {
            await participant.Abandon().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Waits until the audio of a participant is received: it is there, its track is published, and we are subscribed.
    /// </summary>
    /// <param name="whose">Which participant; such as <c>p =&gt; p.IsAgent</c>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The track.</returns>
    /// <exception cref="RoomDisconnectedException">The participant is or gets out of the room first.</exception>
    public async Task<RemoteAudioTrack> WaitForAudio(
        Func<RemoteParticipant, bool> whose, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(whose);
        RemoteAudioTrack? found = null;
        await WaitUntil(
            room => (found = room.Tracks.FirstOrDefault(track => whose(track.Participant))) is not null,
            cancellationToken).ConfigureAwait(false);
        return found!;
    }

    /// <summary>Waits until somebody in the room receives our track.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RoomDisconnectedException">The participant is or gets out of the room first.</exception>
    public Task WaitForListener(CancellationToken cancellationToken = default) =>
        WaitUntil(room => room.IsMicrophoneSubscribed, cancellationToken);

    /// <summary>Waits until a condition on the room holds; it is looked at now and after every message.</summary>
    /// <param name="condition">Must be quick and have no effects.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="RoomDisconnectedException">The participant is or gets out of the room first.</exception>
    public async Task WaitUntil(Func<RoomParticipant, bool> condition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var waiter = new Waiter(condition, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_waitersLock)
        {
            if (_end is { } end)
                throw new RoomDisconnectedException(end);
            if (condition(this))
                return;
            _waiters.Add(waiter);
        }
        var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter.Done);
        await using (registration.ConfigureAwait(false))
        {
            try
            {
                await waiter.Done.Task.ConfigureAwait(false);
            }
            finally
            {
                lock (_waitersLock)
                    _waiters.Remove(waiter);
            }
        }
    }

    /// <summary>
    /// Changes our attributes in the room: named ones are set, those with an empty value removed, others kept. Needs
    /// the token's <c>canUpdateOwnMetadata</c>; a refusal is logged.
    /// </summary>
    /// <param name="attributes">The attributes.</param>
    public void SetAttributes(IReadOnlyDictionary<string, string> attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        _inbox.Writer.TryWrite(new Input.NewAttributes(attributes));
    }

    /// <summary>Leaves the room and closes the media; completes when both is done. May be called again.</summary>
    /// <param name="reason">What the others and the webhooks are told.</param>
    public Task Leave(DisconnectReason reason = DisconnectReason.ClientInitiated)
    {
        if (!_ended.Task.IsCompleted && _inbox.Writer.TryWrite(new Input.LeaveNow(reason)))
            CancelResuming();
        return _ended.Task;
    }

    /// <summary>Leaves the room.</summary>
    public async ValueTask DisposeAsync() => await Leave().ConfigureAwait(false);

    private void CancelResuming()
    {
        try
        {
            _leaving.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended meanwhile.
        }
    }

    private static void Check(JoinOptions options)
    {
        if (!LiveKitOptions.IsUsable(options.Url))
            throw Wrong(nameof(options.Url), "an absolute ws, wss, http or https address");
        if (string.IsNullOrEmpty(options.Token))
            throw Wrong(nameof(options.Token), "an access token");
        if (string.IsNullOrEmpty(options.TrackCid) || options.TrackCid.Any(char.IsWhiteSpace))
            throw Wrong(nameof(options.TrackCid), "a token without blanks");
        if (options.SpareReceivers is < 0 or > 32)
            throw Wrong(nameof(options.SpareReceivers), "between 0 and 32");
        if (options.Timeout <= TimeSpan.Zero)
            throw Wrong(nameof(options.Timeout), "longer than zero");

        static RoomJoinException Wrong(string setting, string right) =>
            new(RoomJoinStep.Options, $"JoinOptions.{setting} must be {right}.");
    }

    private void Publish()
    {
        lock (_waitersLock)
        {
            foreach (var waiter in _waiters)
            {
                if (_end is { } end)
                    waiter.Done.TrySetException(new RoomDisconnectedException(end));
                else if (waiter.Condition(this))
                    waiter.Done.TrySetResult();
            }
        }
    }

    private sealed record Waiter(Func<RoomParticipant, bool> Condition, TaskCompletionSource Done);
}
