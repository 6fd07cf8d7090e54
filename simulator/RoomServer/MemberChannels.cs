using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// The data channels of a member: with two connections the server makes those to it, with one the member makes them for
/// both ways.
/// </summary>
internal sealed class MemberChannels
{
    public const string Reliable = "_reliable";
    public const string Lossy = "_lossy";

    private volatile DataChannel? _reliable;
    private volatile DataChannel? _lossy;

    /// <summary>Makes them on the connection that the server offers.</summary>
    public void Make(RtcPeer subscriber)
    {
        _reliable = subscriber.CreateDataChannel(Reliable);
        _lossy = subscriber.CreateDataChannel(Lossy, new DataChannelOptions { Ordered = false, MaxRetransmits = 0 });
    }

    /// <summary>Takes one that the member made, if it has none of the kind yet.</summary>
    public void Take(DataChannel channel)
    {
        if (channel.Label == Reliable)
            _reliable ??= channel;
        else if (channel.Label == Lossy)
            _lossy ??= channel;
    }

    /// <summary>Sends a packet; a member that has no channel, or does not take what is sent, does not get it.</summary>
    public void Send(byte[] packet, bool isReliable)
    {
        try
        {
            (isReliable ? _reliable : _lossy)?.Send(packet);
        }
        catch (DataChannelException)
        {
            // As LiveKit's server does when a member's buffer is full.
        }
    }
}
