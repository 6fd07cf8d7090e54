using System.Threading.Channels;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <content>The way into the room, and back out of an attempt that failed.</content>
public sealed partial class RoomParticipant
{
    // What a server of version 1.11 speaks; it brings leave actions.
    private const int SignalProtocol = 17;

    private async Task Connect(CancellationToken stop)
    {
        var started = _time.GetTimestamp();
        var offer = await _peer.CreateOffer().ConfigureAwait(false);
        _offerOutstanding = true;
        _progress = "connecting to the server";
        _socket = await SignalConnector.Connect(_options.Url, _options.Token, JoinRequest(offer), stop)
            .ConfigureAwait(false);
        _progress = "waiting for the server to accept the join";
        Accept(await FirstMessage(_socket, stop).ConfigureAwait(false));
        _progress = "joined, waiting for the audio path";
        _reading = Read(_socket);
        _loop = Run(_socket);
        await _connected.Task.WaitAsync(stop).ConfigureAwait(false);
        _logger.Joined(_options.Name, RoomName, Identity, Sid, _time.GetElapsedTime(started).TotalMilliseconds);
    }

    private JoinRequest JoinRequest(string offer) => new()
    {
        ClientInfo = ClientInfo(),
        ConnectionSettings = new ConnectionSettings { AutoSubscribe = true },
        AddTrackRequests =
        {
            new AddTrackRequest
            {
                Cid = _options.TrackCid,
                Name = _options.TrackName,
                Type = TrackType.Audio,
                Source = TrackSource.Microphone,
                Stream = _options.StreamId,
                DisableRed = true,
            },
        },
        PublisherOffer = _lastOffer = new SessionDescription { Type = "offer", Sdp = offer, Id = _offerId },
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
        _table = new ParticipantTable(Sid);
        _heardAt = _time.GetTimestamp();
        _pingTimeout = TimeSpan.FromSeconds(join.PingTimeout > 0 ? join.PingTimeout : 15);
        var interval = TimeSpan.FromSeconds(join.PingInterval > 0 ? join.PingInterval : 5);
        _inbox.Writer.TryWrite(new Input.Others(join.OtherParticipants));
        _pings = _time.CreateTimer(
            static inbox => ((ChannelWriter<Input>)inbox!).TryWrite(Input.PingDue), _inbox.Writer, interval, interval);
    }

    /// <summary>Ends an attempt that did not get into the room.</summary>
    private async Task Abandon()
    {
        // What was waited for will not be, and nobody else looks at the outcome.
        _connected.TrySetCanceled();
        if (_loop.IsCompleted && _socket is { } socket && !_ended.Task.IsCompleted)
        {
            var end = new RoomDisconnect(RoomDisconnectCause.LocalLeave, default, default, "The join failed.");
            await Finish(end, socket).ConfigureAwait(false);
            return;
        }
        if (_socket is not null)
            await Leave().ConfigureAwait(false);
        else
            await _peer.Close().ConfigureAwait(false);
    }
}
