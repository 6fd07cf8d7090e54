using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <summary>
/// One session of ours in the room: the peer connection, or, over <c>/rtc</c>, the two that there are then, what is sent
/// and received over it, and how far its negotiation has come. A resume goes on with it; a full reconnect replaces it whole.
/// </summary>
internal sealed class RoomSession
{
    public const string ReliableLabel = "_reliable";
    public const string LossyLabel = "_lossy";

    /// <param name="options">How the room is joined.</param>
    /// <param name="engine">Makes the peer connections.</param>
    /// <param name="twoConnections">Over <c>/rtc</c>: what we receive comes over a connection that the server offers.</param>
    /// <param name="events">Makes what is told of a connection.</param>
    public RoomSession(
        JoinOptions options, RtcEngine engine, bool twoConnections, Func<RoomSession, SignalTarget, IRtcPeerEvents> events)
    {
        Peer = Connect(SignalTarget.Publisher, options.Name);
        Microphone = Peer.AddTransceiver(TransceiverDirection.SendOnly, options.StreamId, options.TrackCid);
        for (var i = 0; i < options.SpareReceivers && !twoConnections; i++)
            Peer.AddTransceiver(TransceiverDirection.RecvOnly);
        if (twoConnections) Subscriber = Connect(SignalTarget.Subscriber, $"{options.Name} receiving");
        Reliable = Peer.CreateDataChannel(ReliableLabel);
        Lossy = Peer.CreateDataChannel(LossyLabel, new DataChannelOptions { Ordered = false, MaxRetransmits = 0 });

        RtcPeer Connect(SignalTarget target, string name) => engine.CreatePeer(
            new PeerOptions
            {
                Name = name,
                ShardKey = options.ShardKey,
                // A room server may serve all its participants from one port; then ours can tell us apart only by port.
                OwnPort = true,
                DataChannels = target == SignalTarget.Subscriber,
            },
            events(this, target));
    }

    public RtcPeer Peer { get; }

    /// <summary>What we receive on where there are two; the server offers it.</summary>
    public RtcPeer? Subscriber { get; private set; }

    public AudioTransceiver Microphone { get; }

    public DataChannel Reliable { get; }

    public DataChannel Lossy { get; }

    public SubscriptionMap Subscriptions { get; } = new();

    /// <summary>What the server has made of our track.</summary>
    public TrackPublishedResponse? Published { get; set; }

    public uint OfferId { get; set; } = 1;

    public bool OfferOutstanding { get; set; }

    public bool OfferWanted { get; set; }

    /// <summary>The next offer is to look for a new media path.</summary>
    public bool RestartWanted { get; set; }

    public SessionDescription? LastOffer { get; set; }

    public SessionDescription? LastAnswer { get; set; }

    public bool IsConnected => Peer.State is PeerState.Connected && Subscriber is null or { State: PeerState.Connected };

    public bool HasMedia => Peer.State is PeerState.Connected or PeerState.Disconnected;

    public bool IsOver =>
        Peer.State is PeerState.Failed or PeerState.Closed || Subscriber is { State: PeerState.Failed or PeerState.Closed };

    /// <summary>Why the media path is as it is, when it is not connected.</summary>
    public PeerReason? Reason => Subscriber is { State: PeerState.Failed or PeerState.Closed } ended ? ended.Reason : Peer.Reason;

    /// <summary>The server offers nothing to receive on: we may not subscribe.</summary>
    public async ValueTask DropSubscriber()
    {
        var unused = Subscriber;
        Subscriber = null;
        if (unused is not null) await unused.Close().ConfigureAwait(false);
    }

    public async ValueTask AddIceServers(IReadOnlyList<IceServer> servers)
    {
        await Peer.AddIceServers(servers).ConfigureAwait(false);
        if (Subscriber is { } subscriber) await subscriber.AddIceServers(servers).ConfigureAwait(false);
    }

    public async ValueTask Close()
    {
        await Peer.Close().ConfigureAwait(false);
        if (Subscriber is { } subscriber) await subscriber.Close().ConfigureAwait(false);
    }
}
