namespace GoTo.WebRtc.Ice;

/// <summary>A way to the peer: its address, and from where we send to it.</summary>
/// <param name="Remote">The peer's address.</param>
/// <param name="Relay">Our relayed address that it goes by (RFC 8656); none from the shard's socket.</param>
internal readonly record struct IcePath(TransportAddress Remote, TransportAddress Relay = default)
{
    /// <summary>Straight from the shard's socket.</summary>
    public static implicit operator IcePath(in TransportAddress remote) => new(remote);

    /// <inheritdoc/>
    public override string ToString() => Relay.IsSpecified ? $"{Remote} by relay {Relay}" : Remote.ToString();
}
