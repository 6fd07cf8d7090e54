using System.Net;
using System.Threading.Channels;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <content>The way into the room, and back out of an attempt that failed.</content>
public sealed partial class RoomParticipant
{
    // What a server of version 1.11 speaks; it brings leave actions.
    private const int SignalProtocol = 17;

    private async Task Connect(CancellationToken stop)
    {
        var started = _time.GetTimestamp();
        (_session, var socket, var join) = await Enter(_session, _options.Token, stop).ConfigureAwait(false);
        _socket = socket;
        Accept(join);
        _progress = "joined, waiting for the audio path";
        _reading = Read(socket);
        _loop = Run(socket);
        await _connected.Task.WaitAsync(stop).ConfigureAwait(false);
        _logger.Joined(_options.Name, RoomName, Identity, Sid, _time.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>
    /// Joins with a new session, or, where the server does not know <c>/rtc/v1</c>, with one of two connections in its place.
    /// Nothing is left of an attempt that fails but the session.
    /// </summary>
    private async Task<(RoomSession Session, SignalSocket Socket, JoinResponse Join)> Enter(
        RoomSession session, string token, CancellationToken stop)
    {
        try
        {
            return await EnterWith(session, token, stop).ConfigureAwait(false);
        }
        catch (RoomJoinException e) when (e.Status is HttpStatusCode.NotFound && !_twoConnections)
        {
            // It may also be the room that is not there: then the server says so again.
            await session.Close().ConfigureAwait(false);
            _twoConnections = true;
            var other = NewSession();
            try
            {
                return await EnterWith(other, token, stop).ConfigureAwait(false);
            }
            catch
            {
                await other.Close().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task<(RoomSession Session, SignalSocket Socket, JoinResponse Join)> EnterWith(
        RoomSession session, string token, CancellationToken stop)
    {
        var offer = await session.Peer.CreateOffer().ConfigureAwait(false);
        session.OfferOutstanding = true;
        session.LastOffer = new SessionDescription { Type = "offer", Sdp = offer, Id = session.OfferId };
        _progress = "connecting to the server";
        var socket = await SignalConnector.Connect(
            _options.Url, _options.CertificateValidation, token, JoinRequest(session.LastOffer), _twoConnections, stop).ConfigureAwait(false);
        try
        {
            _progress = "waiting for the server to accept the join";
            var join = await FirstMessage(socket, stop).ConfigureAwait(false);
            await AddIceServers(session, join.IceServers).ConfigureAwait(false);
            if (session.Subscriber is not null) await Publish(session, socket, join).ConfigureAwait(false);
            return (session, socket, join);
        }
        catch
        {
            await socket.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Over <c>/rtc</c> track and offer follow the join.</summary>
    private async Task Publish(RoomSession session, SignalSocket socket, JoinResponse join)
    {
        if (!join.SubscriberPrimary) await session.DropSubscriber().ConfigureAwait(false);
        await socket.Send(new SignalRequest { AddTrack = AddTrackRequest() }).ConfigureAwait(false);
        await socket.Send(new SignalRequest { Offer = session.LastOffer }).ConfigureAwait(false);
    }

    /// <summary>
    /// The server's own STUN and TURN servers, which may be the only way through a firewall. The offer is out by now:
    /// their candidates trickle.
    /// </summary>
    private async ValueTask AddIceServers(RoomSession session, IEnumerable<ICEServer> told)
    {
        var servers = new List<IceServer>();
        foreach (var (url, username, credential) in told.SelectMany(
            each => each.Urls.Select(url => (url, each.Username, each.Credential))))
        {
            try
            {
                var server = new IceServer { Url = url, Username = username, Credential = credential };
                server.Validate();
                servers.Add(server);
            }
            catch (ArgumentException unusable)
            {
                _logger.IceServerNotUsable(_options.Name, unusable.Message);
            }
        }

        if (servers.Count > 0 && !session.IsOver)
            await session.AddIceServers(servers).ConfigureAwait(false);
    }

    private JoinRequest JoinRequest(SessionDescription offer)
    {
        var request = new JoinRequest
        {
            ClientInfo = ClientInfo(),
            ConnectionSettings = new ConnectionSettings { AutoSubscribe = true },
            AddTrackRequests = { AddTrackRequest() },
            PublisherOffer = offer,
        };
        request.ParticipantAttributes.Add(
            _attributes.Where(each => each.Value.Length > 0).ToDictionary(each => each.Key, each => each.Value));
        return request;
    }

    private AddTrackRequest AddTrackRequest() => new()
    {
        Cid = _options.TrackCid,
        Name = _options.TrackName,
        Type = TrackType.Audio,
        Source = TrackSource.Microphone,
        Stream = _options.StreamId,
        DisableRed = true,
    };

    private ClientInfo ClientInfo() => new()
    {
        Sdk = _options.Sdk,
        Version = _options.Version,
        Protocol = SignalProtocol,
        Os = Environment.OSVersion.Platform.ToString(),
    };

    private static async Task<JoinResponse> FirstMessage(
        SignalSocket socket, CancellationToken stop)
    {
        SignalResponse? first;
        try
        {
            first = await socket.Receive(stop).ConfigureAwait(false);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new RoomJoinException(RoomJoinStep.Signalling, "The server's first message is malformed.", e);
        }
        return first?.MessageCase switch
        {
            SignalResponse.MessageOneofCase.Join => first.Join,
            SignalResponse.MessageOneofCase.Leave => throw new RoomJoinException(
                RoomJoinStep.Signalling, $"The server answered the join with leave: {first.Leave.Reason}.")
            { Reason = first.Leave.Reason },
            null => throw new RoomJoinException(
                RoomJoinStep.Signalling, $"The signalling socket was {socket.End} before the join was answered."),
            _ => throw new RoomJoinException(
                RoomJoinStep.Signalling, $"The server's first message is {first.MessageCase}, not join."),
        };
    }

    private void Accept(JoinResponse join)
    {
        Identity = join.Participant?.Identity ?? "";
        Sid = join.Participant?.Sid ?? "";
        _state = join.Participant?.State ?? default;
        RoomName = join.Room?.Name ?? "";
        RoomSid = join.Room?.Sid ?? "";
        _table.OwnSid = Sid;
        _heardAt = _time.GetTimestamp();
        _pingTimeout = TimeSpan.FromSeconds(join.PingTimeout > 0 ? join.PingTimeout : 15);
        var interval = TimeSpan.FromSeconds(join.PingInterval > 0 ? join.PingInterval : 5);
        _inbox.Writer.TryWrite(new Input.Others([.. Departed(join.OtherParticipants), .. join.OtherParticipants]));
        _pings ??= _time.CreateTimer(
            static inbox => ((ChannelWriter<Input>)inbox!).TryWrite(Input.PingDue), _inbox.Writer, interval, interval);
    }

    /// <summary>Those that a former session knew, and that are no longer there.</summary>
    private IEnumerable<ParticipantInfo> Departed(IReadOnlyCollection<ParticipantInfo> present) => _table.BySid.Keys
        .Except(present.Select(other => other.Sid))
        .Select(sid => new ParticipantInfo
        {
            Sid = sid, Version = uint.MaxValue, State = ParticipantInfo.Types.State.Disconnected,
        });

    /// <summary>Ends an attempt that did not get into the room.</summary>
    private async Task Abandon()
    {
        // What was waited for will not be, and nobody else looks at the outcome.
        _connected.TrySetCanceled();
        if (_socket is not null)
        {
            await Leave().ConfigureAwait(false);
            return;
        }
        StopData();
        await _session.Close().ConfigureAwait(false);
    }
}
