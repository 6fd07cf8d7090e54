namespace GoTo.WebRtc.Net;

/// <summary>
/// How many STUN requests with a wrong password a network may send before its requests are dropped unread: a bucket a
/// network (/24 of IPv4, /64 of IPv6) and one for all. Only failures count, so that many calls from one network are none
/// of its business, and addresses that have proven themselves are never asked. A table of a fixed size: what shares a
/// slot shares a bucket. Allocates nothing.
/// </summary>
internal sealed class FailureLimit
{
    /// <summary>Failures that a network may have at once, and in each second.</summary>
    public const int PerNetwork = 50;

    /// <summary>Failures that all together may have at once, and in each second: some 3 % of a core.</summary>
    public const int Global = 10_000;

    private const int Slots = 4096;

    private readonly Bucket[] _networks = new Bucket[Slots];
    private Bucket _all = new() { Tokens = Global };

    public FailureLimit()
    {
        for (var i = 0; i < Slots; i++)
            _networks[i].Tokens = PerNetwork;
    }

    /// <summary>Whether a request of this source is looked at.</summary>
    public bool Allows(in TransportAddress source, long now) =>
        _all.Refill(Global, now) >= 1 && _networks[SlotOf(source)].Refill(PerNetwork, now) >= 1;

    /// <summary>A request of this source had a wrong password.</summary>
    public void OnFailure(in TransportAddress source, long now)
    {
        _all.Take(Global, now);
        _networks[SlotOf(source)].Take(PerNetwork, now);
    }

    private static int SlotOf(in TransportAddress source)
    {
        Span<byte> address = stackalloc byte[16];
        var length = source.WriteAddress(address);
        var hash = default(HashCode);
        hash.AddBytes(address[..(length == 4 ? 3 : 8)]);
        return (int)((uint)hash.ToHashCode() % Slots);
    }

    private struct Bucket
    {
        public double Tokens;
        private long _filledAt;

        public double Refill(int perSecond, long now)
        {
            Tokens = Math.Min(perSecond, Tokens + ((double)(now - _filledAt) * perSecond / TimeSpan.TicksPerSecond));
            _filledAt = now;
            return Tokens;
        }

        public void Take(int perSecond, long now) => Tokens = Math.Max(0, Refill(perSecond, now) - 1);
    }
}
