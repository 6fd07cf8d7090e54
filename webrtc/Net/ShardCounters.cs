namespace GoTo.WebRtc.Net;

/// <summary>What a shard counts. Written by its thread only; read by any, each number by itself.</summary>
internal sealed class ShardCounters
{
    public int Peers;
    public long DatagramsReceived;
    public long DatagramsSent;
    public long SendFailures;
    public long PacketsForwarded;
    public long PacketsMixed;
    public long UnknownKind;
    public long UnknownPeer;
    public long RateLimited;
    public long Unauthenticated;
    public long Replayed;
    public long Other;
    public long BytesAllocated;

    /// <summary>The sums over several shards.</summary>
    public static EngineStats Sum(IEnumerable<ShardCounters> shards)
    {
        var sum = default(EngineStats);
        foreach (var shard in shards)
        {
            sum = new EngineStats
            {
                Peers = sum.Peers + Volatile.Read(ref shard.Peers),
                DatagramsReceived = sum.DatagramsReceived + Volatile.Read(ref shard.DatagramsReceived),
                DatagramsSent = sum.DatagramsSent + Volatile.Read(ref shard.DatagramsSent),
                SendFailures = sum.SendFailures + Volatile.Read(ref shard.SendFailures),
                PacketsForwarded = sum.PacketsForwarded + Volatile.Read(ref shard.PacketsForwarded),
                PacketsMixed = sum.PacketsMixed + Volatile.Read(ref shard.PacketsMixed),
                DroppedUnknownKind = sum.DroppedUnknownKind + Volatile.Read(ref shard.UnknownKind),
                DroppedUnknownPeer = sum.DroppedUnknownPeer + Volatile.Read(ref shard.UnknownPeer),
                DroppedRateLimited = sum.DroppedRateLimited + Volatile.Read(ref shard.RateLimited),
                DroppedUnauthenticated = sum.DroppedUnauthenticated + Volatile.Read(ref shard.Unauthenticated),
                DroppedReplayed = sum.DroppedReplayed + Volatile.Read(ref shard.Replayed),
                DroppedOther = sum.DroppedOther + Volatile.Read(ref shard.Other),
                BytesAllocatedByShards = sum.BytesAllocatedByShards + Volatile.Read(ref shard.BytesAllocated),
            };
        }

        return sum;
    }
}
