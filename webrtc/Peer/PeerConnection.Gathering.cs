using System.Net;
using System.Net.Sockets;
using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// Our candidates (RFC 8445 section 5.1): the host at once, those of STUN and TURN servers when they answer. They serve
/// all agents of the peer; an ICE restart gathers nothing anew.
/// </summary>
internal sealed partial class PeerConnection
{
    private readonly List<IceCandidate> _localCandidates = [];
    private readonly List<RelayPort> _relays = [];
    private readonly List<ServerReflexiveQuery> _queries = [];
    private readonly TaskCompletionSource _gathered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TransportAddress[] _hosts = [];
    private int _serversAsked;
    private int _relaysMade;
    private long _gatherBy = long.MaxValue;

    /// <summary>Whether descriptions have to wait for servers.</summary>
    public bool MustGather => !_options.Trickle && IceServers.Count > 0;

    private IReadOnlyList<IceServer> IceServers =>
        _options.IceLite ? [] : _options.IceServers ?? _factory.Options.IceServers;

    private bool IsRelayOnly => _options.IceTransportPolicy == IceTransportPolicy.Relay;

    /// <summary>The family of the relayed addresses that we ask for.</summary>
    private AddressFamily RelayFamily => _factory.Options.IsDualStack
        ? AddressFamily.InterNetwork
        : _factory.Options.BindAddress.AddressFamily;

    private bool IsGathering => _gatherBy != long.MaxValue;

    private long GatheringDue
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

    /// <summary>Begins ICE in this role, if it has not begun, and waits for the candidates of servers.</summary>
    public async ValueTask Gather(IceRole role)
    {
        var gathered = await Ask(connection =>
        {
            connection.StartIce(role);
            return connection._gathered.Task;
        }).ConfigureAwait(false);
        await gathered.ConfigureAwait(false);
    }

    /// <summary>A relay has its address.</summary>
    public void OnRelayAllocated(RelayPort relay)
    {
        var mapped = IsRelayOnly ? default : relay.Client.Mapped;
        AddLocalCandidate(IceCandidate.Relayed(relay.Client.Relayed, mapped, _relaysMade++));
        OnServerAnswered();
    }

    /// <summary>A relay has no address, or has lost it.</summary>
    public void OnRelayFailed(RelayPort relay, string reason)
    {
        var address = relay.Client.Relayed;
        _logger.IceServerFailed(Name, relay.Url, reason);
        relay.Close();
        if (!address.IsSpecified)
        {
            OnServerAnswered();
            return;
        }

        _localCandidates.RemoveAll(candidate => candidate.Address == address);
        foreach (var agent in Agents)
            agent?.RemoveRelay(address);
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

    private RelayPort? FindRelay(in TransportAddress address)
    {
        foreach (var relay in _relays)
        {
            if (relay.Client.Relayed == address)
                return relay;
        }

        return null;
    }

    private void BeginGathering(int port)
    {
        _hosts = [.. _factory.Options.CandidateAddresses.Select(address => TransportAddress.From(address, port))];
        for (var i = 0; i < _hosts.Length && !IsRelayOnly; i++)
            AddLocalCandidate(IceCandidate.Host(_hosts[i], 65535 - i));
        _gatherBy = Shard.Now + _factory.Options.GatheringTimeout.Ticks;
        foreach (var server in IceServers)
        {
            _serversAsked++;
            _ = Resolve(server, server.Parse());
        }

        if (_serversAsked == 0)
            EndGathering();
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
        var mayBeAny = _factory.Options.IsDualStack || address.Kind is IceServerKind.TurnTcp or IceServerKind.TurnTls;
        var chosen = Array.Find(found, ip => ip.AddressFamily == RelayFamily)
            ?? (mayBeAny ? found.FirstOrDefault() : null);
        Shard.Post(() =>
        {
            if (!IsGathering || _isRemoved)
                return;
            if (chosen is null)
            {
                _logger.IceServerFailed(Name, server.Url, reason);
                OnServerAnswered();
            }
            else
            {
                AskServer(server, address, TransportAddress.From(chosen, address.Port));
            }

            Reschedule();
        });
    }

    private void AskServer(IceServer server, IceServerAddress address, TransportAddress at)
    {
        if (address.Kind == IceServerKind.Stun)
        {
            if (!IsRelayOnly)
                _queries.Add(new ServerReflexiveQuery(at, _factory.Entropy));
            else
                OnServerAnswered();
            return;
        }

        var isIPv6 = RelayFamily == AddressFamily.InterNetworkV6;
        var relay = new RelayPort(this, server, address, isIPv6, _factory.Entropy);
        _relays.Add(relay);
        relay.Open(at);
    }

    private void AddLocalCandidate(IceCandidate candidate)
    {
        if (_localCandidates.Exists(known => known.Address == candidate.Address))
            return;
        _localCandidates.Add(candidate);
        foreach (var agent in Agents)
            agent?.AddLocalCandidate(candidate);
        _events.OnCandidate(candidate.ToString());
    }

    private void OnServerAnswered()
    {
        _serversAsked--;
        if (_serversAsked == 0 && IsGathering)
            EndGathering();
    }

    /// <summary>Is the message the answer of a STUN server, and not for an agent.</summary>
    private bool TakeReflexive(in StunMessage message, in IcePath from)
    {
        foreach (var query in _queries)
        {
            if (!query.IsAnswer(message, from.Remote))
                continue;
            _queries.Remove(query);
            if (message.TryGetXorMappedAddress(out var mapped) && mapped.IsUnicast)
                AddLocalCandidate(IceCandidate.ServerReflexive(
                    mapped, Array.Find(_hosts, host => host.IsIPv4 == mapped.IsIPv4)));
            OnServerAnswered();
            return true;
        }

        return false;
    }

    private void GatherOnTimer(long now)
    {
        Span<byte> buffer = stackalloc byte[64];
        foreach (var query in _queries)
        {
            if (now < query.DueAt)
                continue;
            Shard.SendStun(this, buffer[..query.Write(buffer, now)], query.Server);
        }

        // From the end: a relay that fails may end the gathering, which removes relays.
        for (var i = _relays.Count - 1; i >= 0; i--)
        {
            if (i < _relays.Count)
                _relays[i].Client.Tick(now);
        }

        if (now >= _gatherBy)
            EndGathering();
    }

    /// <summary>Servers that have not answered are given up.</summary>
    private void EndGathering()
    {
        if (_gathered.Task.IsCompleted)
            return;
        _gatherBy = long.MaxValue;
        _queries.Clear();
        foreach (var relay in _relays.FindAll(relay => !relay.Client.Relayed.IsSpecified))
        {
            if (relay.Client.State != Turn.TurnState.Failed)
                _logger.IceServerFailed(Name, relay.Url, "It did not answer in time.");
            relay.Close();
            _relays.Remove(relay);
        }

        _events.OnCandidate("");
        _gathered.TrySetResult();
    }

    private void CloseRelays()
    {
        foreach (var relay in _relays)
            relay.Close();
        _relays.Clear();
        _queries.Clear();
        _gatherBy = long.MaxValue;
        _gathered.TrySetResult();
    }
}
