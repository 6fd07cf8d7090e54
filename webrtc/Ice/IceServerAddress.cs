namespace GoTo.WebRtc.Ice;

/// <summary>What a server is for, and how it is reached.</summary>
internal enum IceServerKind
{
    Stun,
    TurnUdp,
    TurnTcp,
    TurnTls,
}

/// <summary>Where an <see cref="IceServer"/> is; the host may be a name.</summary>
internal sealed record IceServerAddress(IceServerKind Kind, string Host, int Port);
