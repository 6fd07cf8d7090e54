using System.Net;
using GoTo.WebRtc.Ice;

namespace GoTo.WebRtc.Tests.Ice;

/// <summary>A network in virtual time: datagrams are delayed, lost, copied and overtaken as a seed says.</summary>
internal sealed class VirtualNetwork(int seed)
{
    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly Random _random = new(seed);
    private readonly List<VirtualHost> _hosts = [];
    private long _order;

    public long Now { get; private set; }

    public double NowMs => Now / (double)TimeSpan.TicksPerMillisecond;

    public double Loss { get; set; }

    public double Duplication { get; set; }

    public int MinDelayMs { get; init; } = 1;

    public int MaxDelayMs { get; init; } = 1;

    /// <summary>Which datagrams pass at all: from and to.</summary>
    public Func<TransportAddress, TransportAddress, bool> Passes { get; set; } = (_, _) => true;

    public static TransportAddress Address(string address) => TransportAddress.From(IPEndPoint.Parse(address));

    public VirtualHost AddHost(string address, IceRole role, string? nat = null, IceAgentOptions? options = null)
    {
        var host = new VirtualHost(this, Address(address), nat is null ? default : Address(nat),
            (options ?? new()) with { Role = role }, Entropy.Seeded(_random.Next()));
        _hosts.Add(host);
        return host;
    }

    public void At(double milliseconds, Action action) =>
        _events.Enqueue(action, (Math.Max(Now, Milliseconds(milliseconds)), _order++));

    /// <summary>Runs until the condition holds (true) or the time is over (false).</summary>
    public bool RunUntil(double milliseconds, Func<bool>? condition = null)
    {
        var end = Milliseconds(milliseconds);
        for (var step = 0; step < 1_000_000; step++)
        {
            if (condition?.Invoke() == true) return true;
            var host = _hosts.MinBy(h => h.Agent.NextDeadline)!;
            var next = _events.TryPeek(out _, out var key) ? key.Time : long.MaxValue;
            if (Math.Min(next, host.Agent.NextDeadline) > end)
            {
                Now = end;
                return false;
            }

            if (next <= host.Agent.NextDeadline)
            {
                Now = Math.Max(Now, next);
                _events.Dequeue()();
            }
            else
            {
                Now = Math.Max(Now, host.Agent.NextDeadline);
                host.Agent.Tick(Now);
            }
        }

        throw new InvalidOperationException("The agents are due again and again without time passing.");
    }

    public void Send(VirtualHost sender, byte[] datagram, TransportAddress to)
    {
        var from = sender.Nat.IsSpecified ? sender.Nat : sender.Address;
        sender.Contacted.Add(to);
        if (!Passes(from, to) || _random.NextDouble() < Loss) return;
        for (var copies = _random.NextDouble() < Duplication ? 2 : 1; copies > 0; copies--)
        {
            var delay = MinDelayMs + _random.NextDouble() * (MaxDelayMs - MinDelayMs);
            At(Now / (double)TimeSpan.TicksPerMillisecond + delay, () => Deliver(datagram, from, to));
        }
    }

    private void Deliver(byte[] datagram, TransportAddress from, TransportAddress to)
    {
        // A NAT lets in only from where something was sent to.
        var host = _hosts.Find(h => h.Nat.IsSpecified ? h.Nat == to && h.Contacted.Contains(from) : h.Address == to);
        host?.Agent.Handle(datagram, from, Now);
    }

    private static long Milliseconds(double milliseconds) => (long)(milliseconds * TimeSpan.TicksPerMillisecond);
}

/// <summary>An agent with its place in a <see cref="VirtualNetwork"/> and a record of what it said.</summary>
internal sealed class VirtualHost : IIceSink
{
    private readonly VirtualNetwork _network;

    public VirtualHost(VirtualNetwork network, TransportAddress address, TransportAddress nat,
        IceAgentOptions options, Entropy entropy)
    {
        (_network, Address, Nat) = (network, address, nat);
        Agent = new IceAgent(options, entropy, this);
        Agent.AddLocalCandidate(IceCandidate.Host(address));
    }

    public IceAgent Agent { get; }

    public TransportAddress Address { get; }

    public TransportAddress Nat { get; private set; }

    public HashSet<TransportAddress> Contacted { get; } = [];

    public List<(double Ms, IceState State)> States { get; } = [];

    public List<TransportAddress> SelectedRemotes { get; } = [];

    public int Sent { get; private set; }

    public bool IsConnected => Agent.State == IceState.Connected;

    public string Candidate => IceCandidate.Host(Address).ToString();

    /// <summary>Takes the description of the peer: credentials and candidates.</summary>
    public void Accept(VirtualHost peer, params string[] candidates)
    {
        foreach (var candidate in candidates) Agent.AddRemoteCandidate(candidate);
        Agent.SetRemoteCredentials(peer.Agent.LocalUfrag, peer.Agent.LocalPassword, iceLite: false);
    }

    /// <summary>The NAT forgets its mapping and makes another: only what is sent from now on opens it.</summary>
    public void Rebind(string nat)
    {
        Nat = VirtualNetwork.Address(nat);
        Contacted.Clear();
    }

    public double TimeOf(IceState state) => States.First(s => s.State == state).Ms;

    public void SendStun(ReadOnlySpan<byte> datagram, in IcePath path)
    {
        Sent++;
        _network.Send(this, datagram.ToArray(), path.Remote);
    }

    public void OnIceStateChanged(IceState state) =>
        States.Add((_network.Now / (double)TimeSpan.TicksPerMillisecond, state));

    public void OnSelected(in IcePath path) => SelectedRemotes.Add(path.Remote);
}
