using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <summary>
/// One session of ours in the room: the peer connection, what is sent and received over it, and how far its negotiation
/// has come. A resume goes on with it; a full reconnect replaces it whole.
/// </summary>
internal sealed class RoomSession
{
    public const string ReliableLabel = "_reliable";
    public const string LossyLabel = "_lossy";

    public RoomSession(JoinOptions options, RtcEngine engine, Func<RoomSession, IRtcPeerEvents> events)
    {
        Peer = engine.CreatePeer(
            // A room server may serve all its participants from one port; then ours can tell us apart only by port.
            new PeerOptions { Name = options.Name, ShardKey = options.ShardKey, OwnPort = true }, events(this));
        Microphone = Peer.AddTransceiver(TransceiverDirection.SendOnly, options.StreamId, options.TrackCid);
        for (var i = 0; i < options.SpareReceivers; i++)
            Peer.AddTransceiver(TransceiverDirection.RecvOnly);
        Reliable = Peer.CreateDataChannel(ReliableLabel);
        Lossy = Peer.CreateDataChannel(LossyLabel, new DataChannelOptions { Ordered = false, MaxRetransmits = 0 });
    }

    public RtcPeer Peer { get; }

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

    public bool HasMedia => Peer.State is PeerState.Connected or PeerState.Disconnected;

    public bool IsOver => Peer.State is PeerState.Failed or PeerState.Closed;
}
