using System.Net;
using System.Net.Sockets;
using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// A generation of ICE: an agent with its credentials, and the candidates gathered for it (RFC 8445 section 5.1), the
/// host's at once, those of STUN and TURN servers when they answer. An ICE restart is a new one that asks the servers
/// again (section 9). On the shard's thread.
/// </summary>
internal sealed class IceGeneration(PeerConnection connection, IceAgent agent, bool isRestart)
{
    private readonly List<IceCandidate> _candidates = [];
    private readonly List<RelayPort> _relays = [];
    private readonly List<ServerReflexiveQuery> _queries = [];
    private readonly TaskCompletionSource _gathered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _serversAsked;
    private int _relaysMade;
    private long _gatherBy = long.MaxValue;

    public IceAgent Agent => agent;

    /// <summary>Whether another has been negotiated before.</summary>
    public bool IsRestart => isRestart;

    /// <summary>Our candidates so far.</summary>
    public IReadOnlyList<IceCandidate> Candidates => _candidates;

    /// <summary>Our relays, with an address or still without.</summary>
    public IReadOnlyList<RelayPort> Relays => _relays;

    /// <summary>Completes when no more candidates come.</summary>
    public Task Gathered => _gathered.Task;

    public bool IsGathering => _gatherBy != long.MaxValue;

    /// <summary>When <see cref="Tick"/> is to be called next.</summary>
    public long NextDeadline
    {
        get
        {
            var due = _gatherBy;
            foreach (var query in _queries)
                due = Math.Min(due, query.DueAt);
            foreach (var relay in _relays)
                due = Math.Min(due, relay.Client.NextDeadline);
            return due;
        }
    }

    private UdpShard Shard => connection.Shard;

    /// <summary>Gives the agent the host candidates, and begins to ask the servers.</summary>
    public void Gather()
    {
        for (var i = 0; i < connection.Hosts.Length && !connection.IsRelayOnly; i++)
            Add(IceCandidate.Host(connection.Hosts[i], 65535 - i));
        Ask(connection.IceServers);
    }

    /// <summary>Asks servers, and ends the gathering when they have answered.</summary>
    public void Ask(IReadOnlyList<IceServer> servers)
    {
        _gatherBy = Shard.Now + connection.GatheringTimeout.Ticks;
        foreach (var server in servers)
        {
            _serversAsked++;
            _ = Resolve(server, server.Parse());
        }

        if (_serversAsked == 0)
            EndGathering();
    }

    /// <summary>Does what is due for the servers' sake.</summary>
    public void Tick(long now)
    {
        Span<byte> buffer = stackalloc byte[64];
        foreach (var query in _queries)
        {
            if (now >= query.DueAt)
                Shard.SendStun(connection, buffer[..query.Write(buffer, now)], query.Server);
        }

        // From the end: a relay that fails is removed, and may end the gathering, which removes others.
        for (var i = _relays.Count - 1; i >= 0; i--)
        {
            if (i < _relays.Count)
                _relays[i].Client.Tick(now);
        }

        if (now >= _gatherBy)
            EndGathering();
    }

    /// <summary>Is the message the answer of a STUN server, and not for the agent.</summary>
    public bool TakeReflexive(in StunMessage message, in IcePath from)
    {
        foreach (var query in _queries)
        {
            if (!query.IsAnswer(message, from.Remote))
                continue;
            _queries.Remove(query);
            if (message.TryGetXorMappedAddress(out var mapped) && mapped.IsUnicast)
                Add(IceCandidate.ServerReflexive(
                    mapped, Array.Find(connection.Hosts, host => host.IsIPv4 == mapped.IsIPv4)));
            OnServerAnswered();
            return true;
        }

        return false;
    }

    /// <summary>A relay has its address.</summary>
    public void OnRelayAllocated(RelayPort relay)
    {
        if (!_relays.Contains(relay))
            return;
        Add(relay);
        OnServerAnswered();
    }

    /// <summary>A relay has no address, or has lost it.</summary>
    public void OnRelayFailed(RelayPort relay)
    {
        if (!_relays.Remove(relay))
            return;
        var address = relay.Client.Relayed;
        if (!address.IsSpecified)
        {
            OnServerAnswered();
            return;
        }

        _candidates.RemoveAll(candidate => candidate.Address == address);
        agent.RemoveRelay(address, Shard.Now);
    }

    /// <summary>Ends the agent and gives up the relays, but for those that another generation uses.</summary>
    public void Close()
    {
        agent.Close();
        foreach (var relay in _relays)
        {
            if (!connection.IsUsedBesides(this, relay))
                relay.Close();
        }

        _relays.Clear();
        _queries.Clear();
        _gatherBy = long.MaxValue;
        _gathered.TrySetResult();
    }

    private async Task Resolve(IceServer server, IceServerAddress address)
    {
        IPAddress[] found = [];
        var reason = "Its name has no address of the family that we are bound to.";
        try
        {
            found = await Dns.GetHostAddressesAsync(address.Host).ConfigureAwait(false);
        }
        catch (SocketException unknown)
        {
            reason = unknown.Message;
        }

        // A stream may go out by another family than our UDP socket's.
        var mayBeAny = connection.IsDualStack || address.Kind is IceServerKind.TurnTcp or IceServerKind.TurnTls;
        var chosen = Array.Find(found, ip => ip.AddressFamily == connection.RelayFamily)
            ?? (mayBeAny ? found.FirstOrDefault() : null);
        Shard.Post(() =>
        {
            if (!IsGathering)
                return;
            if (chosen is null)
            {
                connection.ReportIceServer(server.Url, reason);
                OnServerAnswered();
            }
            else
            {
                Ask(server, address, TransportAddress.From(chosen, address.Port));
            }

            connection.Reschedule();
        });
    }

    private void Ask(IceServer server, IceServerAddress address, TransportAddress at)
    {
        if (address.Kind == IceServerKind.Stun)
        {
            if (!connection.IsRelayOnly)
                _queries.Add(new ServerReflexiveQuery(at, connection.Entropy));
            else
                OnServerAnswered();
            return;
        }

        var relay = new RelayPort(
            connection, server, address, connection.RelayFamily == AddressFamily.InterNetworkV6, connection.Entropy);
        _relays.Add(relay);
        relay.Open(at);
    }

    private void Add(RelayPort relay)
    {
        var mapped = connection.IsRelayOnly ? default : relay.Client.Mapped;
        Add(IceCandidate.Relayed(relay.Client.Relayed, mapped, _relaysMade++));
    }

    private void Add(IceCandidate candidate)
    {
        if (_candidates.Exists(known => known.Address == candidate.Address))
            return;
        _candidates.Add(candidate);
        agent.AddLocalCandidate(candidate);
        connection.TellCandidate(this, candidate.ToString());
    }

    private void OnServerAnswered()
    {
        _serversAsked--;
        if (_serversAsked == 0 && IsGathering)
            EndGathering();
    }

    /// <summary>Servers that have not answered are given up.</summary>
    private void EndGathering()
    {
        _gatherBy = long.MaxValue;
        _queries.Clear();
        foreach (var relay in _relays.FindAll(relay => !relay.Client.Relayed.IsSpecified))
        {
            connection.ReportIceServer(relay.Url, "It did not answer in time.");
            _relays.Remove(relay);
            relay.Close();
        }

        // A server may grant no second address beside the one that it has given us; that one then serves both.
        foreach (var relay in connection.RelaysBesides(this))
        {
            if (_relays.Exists(own => own.Url == relay.Url))
                continue;
            _relays.Add(relay);
            Add(relay);
        }

        connection.TellCandidate(this, "");
        _gathered.TrySetResult();
    }
}
