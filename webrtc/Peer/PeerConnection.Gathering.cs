using System.Net.Sockets;
using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Stun;
using GoTo.WebRtc.Turn;

namespace GoTo.WebRtc.Peer;

/// <summary>What the generations of ICE share: hosts, servers, and the relays that lead to them.</summary>
internal sealed partial class PeerConnection
{
    private IReadOnlyList<IceServer>? _iceServers;

    /// <summary>Whether descriptions have to wait for servers.</summary>
    public bool MustGather => !_options.Trickle && IceServers.Count > 0;

    /// <summary>Our own addresses, the preferred first.</summary>
    public TransportAddress[] Hosts { get; private set; } = [];

    public IReadOnlyList<IceServer> IceServers =>
        _options.IceLite ? [] : _iceServers ?? _options.IceServers ?? _factory.Options.IceServers;

    public bool IsRelayOnly => _options.IceTransportPolicy == IceTransportPolicy.Relay;

    public bool IsDualStack => _factory.Options.IsDualStack;

    /// <summary>The family of the relayed addresses that we ask for.</summary>
    public AddressFamily RelayFamily =>
        IsDualStack ? AddressFamily.InterNetwork : _factory.Options.BindAddress.AddressFamily;

    public TimeSpan GatheringTimeout => _factory.Options.GatheringTimeout;

    public Entropy Entropy => _factory.Entropy;

    /// <summary>Begins ICE, or the restart that is to be offered, and waits for the candidates of servers.</summary>
    public async ValueTask GatherToOffer(bool iceRestart)
    {
        var gathered = await Ask(connection =>
        {
            connection.StartIce(IceRole.Controlling);
            if (iceRestart)
                connection.OfferRestart();
            return (connection._offered ?? connection.Latest).Gathered;
        }).ConfigureAwait(false);
        await gathered.ConfigureAwait(false);
    }

    /// <summary>Begins ICE, or the restart that the offer asks for, and waits for the candidates of servers.</summary>
    /// <exception cref="SdpException">The offer is malformed.</exception>
    public async ValueTask GatherToAnswer(string sdp)
    {
        var gathered = await Ask(connection =>
        {
            connection.StartIce(IceRole.Controlled);
            connection.PrepareRestart(sdp);
            return (connection._answering ?? connection.Latest).Gathered;
        }).ConfigureAwait(false);
        await gathered.ConfigureAwait(false);
    }

    /// <summary>Servers that became known later. A peer that has no path yet asks them at once.</summary>
    public void AddIceServers(IReadOnlyList<IceServer> servers)
    {
        if (_options.IceLite)
            throw new InvalidOperationException($"Peer {Name} is ice-lite: it has host candidates only.");
        var known = IceServers;
        _iceServers = [.. known.ExceptBy(servers.Select(server => server.Url), server => server.Url), .. servers];
        if (_current is null || _iceConnectedAt is not null)
            return;
        IceServer[] unknown = [.. servers.ExceptBy(known.Select(server => server.Url), server => server.Url)];
        if (unknown.Length > 0)
            _current.Ask(unknown);
        Reschedule();
    }

    public void OnRelayAllocated(RelayPort relay)
    {
        foreach (var generation in Generations)
            generation?.OnRelayAllocated(relay);
    }

    /// <summary>A relay has no address, or has lost it.</summary>
    public void OnRelayFailed(RelayPort relay, string reason)
    {
        ReportIceServer(relay.Url, reason);
        foreach (var generation in Generations)
            generation?.OnRelayFailed(relay);
        relay.Close();
        AfterIce();
    }

    public void ReportIceServer(string url, string problem) => _logger.IceServerFailed(Name, url, problem);

    /// <summary>
    /// Tells of a local candidate. Those of an ICE restart say so (ufrag, as browsers do), and only where they trickle:
    /// else the description has them, and the remote side could not tell what they are for before it has that.
    /// </summary>
    public void TellCandidate(IceGeneration generation, string candidate)
    {
        if (!generation.IsRestart)
            _events.OnCandidate(candidate);
        else if (_options.Trickle)
            _events.OnCandidate(candidate.Length == 0 ? "" : $"{candidate} ufrag {generation.Agent.LocalUfrag}");
    }

    /// <summary>The relays with an address that other generations have.</summary>
    public IEnumerable<RelayPort> RelaysBesides(IceGeneration own)
    {
        var relays = new List<RelayPort>();
        foreach (var generation in Generations)
        {
            if (generation is not null && generation != own)
                relays.AddRange(generation.Relays.Where(relay => relay.Client.State == TurnState.Allocated));
        }

        return relays.Distinct();
    }

    /// <summary>Whether a generation beside this one has the relay too.</summary>
    public bool IsUsedBesides(IceGeneration own, RelayPort relay)
    {
        foreach (var generation in Generations)
        {
            if (generation is not null && generation != own && generation.Relays.Contains(relay))
                return true;
        }

        return false;
    }

    /// <summary>Handles what came by a relay: as if it had come to the shard's socket.</summary>
    public void OnRelayed(RelayPort relay, Span<byte> data, in TransportAddress from)
    {
        if (_isRemoved)
            return;
        var path = new IcePath(from, relay.Client.Relayed);
        switch (Demux.Classify(data))
        {
            case DatagramKind.Stun when StunMessage.TryParse(data, out var message):
                if (OnStun(message, path, Shard.Now))
                    relay.Learn(from);
                break;
            case DatagramKind.Dtls when relay.Knows(from):
                OnDtls(data, path);
                break;
            case DatagramKind.Rtp when relay.Knows(from):
                OnRtp(data, Shard.Now, _factory.Time.GetTimestamp());
                break;
            case DatagramKind.Rtcp when relay.Knows(from):
                OnRtcp(data, Shard.Now);
                break;
            default:
                Drop();
                break;
        }
    }

    private long GatheringDue
    {
        get
        {
            var due = _formerUntil;
            foreach (var generation in Generations)
                due = Math.Min(due, generation?.NextDeadline ?? long.MaxValue);
            return due;
        }
    }

    private RelayPort? FindRelay(in TransportAddress address)
    {
        foreach (var generation in Generations)
        {
            if (generation is null)
                continue;
            foreach (var relay in generation.Relays)
            {
                if (relay.Client.Relayed == address)
                    return relay;
            }
        }

        return null;
    }

    /// <summary>Is the message the answer of a STUN server, and not for an agent.</summary>
    private bool TakeReflexive(in StunMessage message, in IcePath from)
    {
        foreach (var generation in Generations)
        {
            if (generation is not null && generation.TakeReflexive(message, from))
                return true;
        }

        return false;
    }
}
