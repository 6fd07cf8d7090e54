using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <content>
/// A full reconnect: a session that the server has lost, or whose media is lost, is replaced by another one, to which our
/// track, attributes and waiting data go. An end that somebody meant is none to come back from.
/// </content>
public sealed partial class RoomParticipant
{
    // A session that is lost sooner belongs to the same outage: a server that takes us in and drops us has its bound, too.
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, string> _attributes = [];
    private long _outageBegan;
    private int _attempts;
    private long? _wholeSince;
    private bool _reconnecting;

    /// <summary>Whether another session may take the place of the one that ended.</summary>
    private bool CanReconnect(RoomDisconnect end) => _inRoom && _options.ReconnectTimeout > TimeSpan.Zero
        && !_leaving.IsCancellationRequested && end is { CanRejoin: true, Cause: not RoomDisconnectCause.ProtocolViolation };

    /// <summary>Joins with another session; its media is still to connect.</summary>
    /// <param name="lost">How the last one ended.</param>
    /// <param name="old">Its socket.</param>
    /// <returns>The new socket; or none, and how it ended.</returns>
    private async Task<(SignalSocket? Socket, RoomDisconnect? End)> Reconnect(RoomDisconnect lost, SignalSocket old)
    {
        HoldData();
        if (!_reconnecting)
        {
            if (_wholeSince is not { } since || _time.GetElapsedTime(since) > Whole)
                (_outageBegan, _attempts) = (_time.GetTimestamp(), 0);
            _reconnecting = true;
            _logger.Reconnecting(_options.Name, lost.Cause, lost.Reason, lost.Detail);
            Raise(() => _events.OnReconnecting(this, lost));
        }
        await GiveUpSession(old).ConfigureAwait(false);
        while (true)
        {
            var pause = Pauses[Math.Min(_attempts++, Pauses.Length - 1)];
            var left = _options.ReconnectTimeout - _time.GetElapsedTime(_outageBegan) - pause;
            if (left <= TimeSpan.Zero) return (null, lost);
            try
            {
                await Task.Delay(pause, _time, _leaving.Token).ConfigureAwait(false);
                return (await TryReconnect(left < AttemptPatience ? left : AttemptPatience).ConfigureAwait(false), null);
            }
            catch (RoomJoinException e)
            {
                lost = lost with { Detail = $"The session was lost, and could not be replaced. {e.Message}" };
                // The server is there, and does not want us.
                if (e is { Step: RoomJoinStep.Refused, Status: < System.Net.HttpStatusCode.InternalServerError })
                    return (null, lost);
            }
            catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
            {
                return (null, Left(DisconnectReason.ClientInitiated));
            }
            catch (OperationCanceledException)
            {
                lost = lost with
                {
                    Detail = "The session was lost, and could not be replaced: the server did not answer in time.",
                };
            }
        }
    }

    private async Task<SignalSocket> TryReconnect(TimeSpan limit)
    {
        using var patience = new CancellationTokenSource(limit, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _leaving.Token);
        var session = NewSession();
        try
        {
            (session, var socket, var join) = await Enter(session, FreshToken(), stop.Token).ConfigureAwait(false);
            _session = session;
            _socket = socket;
            Accept(join);
            _reading = Read(socket);
            Expect(limit, "The audio path of another session did not connect.");
            return socket;
        }
        catch
        {
            await session.Close().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes what there is of the session, and tells what went with it.</summary>
    private async Task GiveUpSession(SignalSocket socket)
    {
        _overdue?.Dispose();
        _microphoneSubscribed = false;
        MicrophoneSid = "";
        var tracks = Tracks;
        Volatile.Write(ref _tracks, []);
        foreach (var track in tracks)
            Raise(() => _events.OnTrackUnsubscribed(this, track));
        await socket.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        await _session.Close().ConfigureAwait(false);
    }

    private void MediaConnected()
    {
        _inRoom = true;
        _overdue?.Dispose();
        _connected.TrySetResult();
        if (!_reconnecting) return;
        _reconnecting = false;
        _wholeSince = _time.GetTimestamp();
        ReleaseData();
        var removed = _attributes.Where(each => each.Value.Length == 0).ToDictionary();
        if (removed.Count > 0) SetAttributes(removed);
        _logger.Reconnected(_options.Name, Sid, _time.GetElapsedTime(_outageBegan).TotalMilliseconds, _attempts);
        Raise(() => _events.OnReconnected(this));
    }
}
