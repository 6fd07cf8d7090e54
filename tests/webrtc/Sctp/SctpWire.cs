using GoTo.WebRtc.Sctp;
using Xunit;

namespace GoTo.WebRtc.Tests.Sctp;

/// <summary>Two associations and the wire between them, on virtual time, with loss and reordering from a seed.</summary>
internal sealed class SctpWire
{
    private static readonly long Delay = TimeSpan.FromMilliseconds(20).Ticks;

    private readonly PriorityQueue<(SctpEnd To, byte[] Packet), long> _underWay = new();
    private readonly Random _random;

    public SctpWire(int seed = 1, double loss = 0, bool reorders = false)
    {
        _random = new Random(seed);
        (Loss, Reorders) = (loss, reorders);
        A = new SctpEnd(this, Entropy.Seeded(seed * 2));
        B = new SctpEnd(this, Entropy.Seeded((seed * 2) + 1));
    }

    public SctpEnd A { get; }

    public SctpEnd B { get; }

    public double Loss { get; set; }

    public bool Reorders { get; set; }

    public long Now { get; private set; }

    public int Sent { get; private set; }

    /// <summary>What is to get lost beside chance.</summary>
    public Func<byte[], bool> Loses { get; set; } = _ => false;

    public void Send(SctpEnd from, byte[] packet)
    {
        Sent++;
        Assert.InRange(packet.Length, 16, SctpPacketWriter.MaxPacket);
        if (_random.NextDouble() < Loss || Loses(packet)) return;
        var jitter = Reorders ? _random.NextInt64(2 * Delay) : 0;
        _underWay.Enqueue((from == A ? B : A, packet), Now + Delay + jitter);
    }

    /// <summary>Goes on until the condition holds.</summary>
    public void Until(Func<bool> condition, TimeSpan? limit = null)
    {
        var end = Now + (limit ?? TimeSpan.FromMinutes(30)).Ticks;
        while (!condition())
        {
            Assert.True(Step(end), $"Not so after {TimeSpan.FromTicks(Now)}.");
        }
    }

    /// <summary>Goes on for a time.</summary>
    public void For(TimeSpan time)
    {
        var end = Now + time.Ticks;
        while (Step(end))
        {
        }

        Now = end;
    }

    public void Establish()
    {
        A.Association.Start(Now);
        B.Association.Start(Now);
        Until(() => A.IsEstablished && B.IsEstablished);
    }

    private bool Step(long end)
    {
        var due = Math.Min(A.Association.NextDeadline, B.Association.NextDeadline);
        if (_underWay.TryPeek(out _, out var arrival) && arrival <= due)
        {
            if (arrival > end) return false;
            Now = Math.Max(Now, arrival);
            var (to, packet) = _underWay.Dequeue();
            to.Association.Handle(packet, Now);
            return true;
        }

        if (due > end) return false;
        Now = Math.Max(Now, due);
        A.Association.Tick(Now);
        B.Association.Tick(Now);
        return true;
    }
}

/// <summary>One end, and what happened to it.</summary>
internal sealed class SctpEnd : ISctpSink
{
    private readonly SctpWire _wire;

    public SctpEnd(SctpWire wire, Entropy entropy)
    {
        _wire = wire;
        Association = new SctpAssociation(5000, 5000, entropy, this);
    }

    public SctpAssociation Association { get; }

    public bool IsEstablished { get; private set; }

    public bool IsClosed { get; private set; }

    public string? Reason { get; private set; }

    public List<(ushort Stream, uint Protocol, byte[] Message)> Received { get; } = [];

    public List<ushort> ResetByPeer { get; } = [];

    public List<ushort> Ended { get; } = [];

    public long Released { get; private set; }

    public void Send(ushort stream, byte[] message, SctpDelivery delivery = default) =>
        Association.Send(stream, 53, message, delivery, _wire.Now);

    public void SendSctp(ReadOnlySpan<byte> packet) => _wire.Send(this, packet.ToArray());

    public void OnSctpEstablished() => IsEstablished = true;

    public void OnSctpMessage(ushort stream, uint protocol, ReadOnlySpan<byte> message) =>
        Received.Add((stream, protocol, message.ToArray()));

    public void OnSctpStreamReset(ushort stream) => ResetByPeer.Add(stream);

    public void OnSctpStreamEnded(ushort stream) => Ended.Add(stream);

    public void OnSctpReleased(ushort stream, uint protocol, int bytes) => Released += bytes;

    public void OnSctpClosed(string? reason)
    {
        Assert.False(IsClosed);
        (IsClosed, Reason) = (true, reason);
    }
}
