using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;
using Google.Protobuf;

namespace GoTo.LiveKit;

/// <content>
/// A lost signalling socket is opened again for the same session, while audio and data go on untouched. What the room
/// does not take back ends typed.
/// </content>
public sealed partial class RoomParticipant
{
    private static readonly TimeSpan AttemptPatience = TimeSpan.FromSeconds(5);

    // With neither signalling nor media for so long the session is taken for lost: nobody hears anything.
    private static readonly TimeSpan BothGone = TimeSpan.FromSeconds(8);

    // As LiveKit's own clients wait between attempts.
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.Zero, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(1200), TimeSpan.FromMilliseconds(2700),
        TimeSpan.FromMilliseconds(4800), TimeSpan.FromSeconds(7),
    ];

    private readonly CancellationTokenSource _leaving = new();
    private string? _refreshedToken;

    /// <summary>Whether the session may go on after this: nobody meant it to end, and its media lives.</summary>
    private bool CanResume(RoomDisconnect end) => _inRoom && _options.ResumeTimeout > TimeSpan.Zero && !_leaving.IsCancellationRequested
        && _session.HasMedia
        && (end.Cause is RoomDisconnectCause.SignalLost or RoomDisconnectCause.SignalSilent
            || end.Action == LeaveRequest.Types.Action.Resume);

    /// <summary>Goes on with the session over a new socket.</summary>
    /// <param name="lost">What happened to the last one.</param>
    /// <returns>The new socket; or none, and how it ended.</returns>
    private async Task<(SignalSocket? Socket, RoomDisconnect End)> Resume(RoomDisconnect lost)
    {
        _logger.Resuming(_options.Name, lost.Cause, lost.Detail);
        Raise(() => _events.OnResuming(this, lost));
        // The server has given the media path up: a new one is needed.
        _session.RestartWanted |= lost.Cause == RoomDisconnectCause.ServerLeave;
        var started = _time.GetTimestamp();
        var end = lost;
        for (var attempt = 0; ; attempt++)
        {
            var pause = Pauses[Math.Min(attempt, Pauses.Length - 1)];
            if (_time.GetElapsedTime(started) + pause > _options.ResumeTimeout) return (null, end);
            try
            {
                await Task.Delay(pause, _time, _leaving.Token).ConfigureAwait(false);
                if (_session.IsOver
                    || !_session.IsConnected && _time.GetElapsedTime(started) > BothGone)
                    return (null, Failed("The media path was lost while the signalling was."));
                var (socket, refused) = await TryResume(lost).ConfigureAwait(false);
                if (refused is not null) return (null, refused);
                _logger.Resumed(_options.Name, _time.GetElapsedTime(started).TotalMilliseconds, attempt + 1);
                return (socket, end);
            }
            catch (RoomJoinException e)
            {
                end = lost with { Detail = $"{lost.Detail} {e.Message}" };
            }
            catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
            {
                return (null, Left(DisconnectReason.ClientInitiated));
            }
            catch (OperationCanceledException)
            {
                end = lost with { Detail = $"{lost.Detail} The server did not answer within {AttemptPatience}." };
            }
        }
    }

    private async Task<(SignalSocket? Socket, RoomDisconnect? Refused)> TryResume(RoomDisconnect lost)
    {
        using var patience = new CancellationTokenSource(AttemptPatience, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _leaving.Token);
        var request = new JoinRequest
        {
            ClientInfo = ClientInfo(),
            ConnectionSettings = new ConnectionSettings { AutoSubscribe = true },
            Reconnect = true,
            ReconnectReason = lost.Cause == RoomDisconnectCause.MediaFailed
                ? ReconnectReason.RrSubscriberFailed
                : ReconnectReason.RrSignalDisconnected,
            ParticipantSid = Sid,
        };
        var socket = await SignalConnector.Connect(
            _options.Url, _options.CertificateValidation, FreshToken(), request, _twoConnections, stop.Token).ConfigureAwait(false);
        try
        {
            var first = await FirstOf(socket, stop.Token).ConfigureAwait(false);
            switch (first.MessageCase)
            {
                case SignalResponse.MessageOneofCase.Reconnect:
                    SendAgain(first.Reconnect.LastMessageSeq);
                    await AddIceServers(_session, first.Reconnect.IceServers).ConfigureAwait(false);
                    var (resumed, _) = (socket, socket = null);
                    return (resumed, null);
                case SignalResponse.MessageOneofCase.Leave:
                    return (null, new RoomDisconnect(
                        RoomDisconnectCause.ServerLeave, first.Leave.Reason, first.Leave.Action,
                        "The server does not take the session back."));
                default:
                    // Trying again would only make another session.
                    return (null, lost with
                    {
                        Detail = $"{lost.Detail} The server does not resume: it answered {first.MessageCase}.",
                    });
            }
        }
        finally
        {
            if (socket is not null) await socket.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>One that an outage, however long, has not outlived.</summary>
    private string FreshToken() => _options.RenewToken?.Invoke() ?? _refreshedToken ?? _options.Token;

    private static async Task<SignalResponse> FirstOf(SignalSocket socket, CancellationToken stop)
    {
        try
        {
            return await socket.Receive(stop).ConfigureAwait(false) ?? throw new RoomJoinException(
                RoomJoinStep.Signalling, $"The signalling socket was {socket.End} before the server answered.");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RoomJoinException(RoomJoinStep.Signalling, "The server's first message is malformed.", e);
        }
    }

    /// <summary>Takes the new socket, tells the server what we have, and repeats what the old one may have lost.</summary>
    private async Task Take(SignalSocket socket, SignalSocket old)
    {
        await old.DisposeAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _socket = socket;
        _heardAt = _time.GetTimestamp();
        await socket.Send(new SignalRequest { SyncState = SyncState() }).ConfigureAwait(false);
        var session = _session;
        session.OfferWanted |=
            session.OfferOutstanding || session.RestartWanted || session.Peer.State == PeerState.Disconnected;
        session.RestartWanted |= session.Peer.State == PeerState.Disconnected;
        session.OfferOutstanding = false;
        await OfferIfWanted(socket).ConfigureAwait(false);
        _reading = Read(socket);
        Raise(() => _events.OnResumed(this));
    }

    private SyncState SyncState()
    {
        var state = new SyncState
        {
            Offer = _session.LastOffer,
            Answer = _session.LastAnswer,
            Subscription = new UpdateSubscription { Subscribe = true },
            DataChannels =
            {
                new DataChannelInfo { Label = RoomSession.ReliableLabel, Target = SignalTarget.Publisher },
                new DataChannelInfo { Label = RoomSession.LossyLabel, Target = SignalTarget.Publisher },
            },
            DatachannelReceiveStates =
            {
                _received.LastBySender.Select(
                    each => new DataChannelReceiveState { PublisherSid = each.Key, LastSeq = each.Value }),
            },
        };
        if (_session.Published is { } published) state.PublishTracks.Add(published);
        return state;
    }
}
