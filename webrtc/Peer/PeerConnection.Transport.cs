using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Srtp;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Peer;

/// <summary>ICE finds the path, DTLS makes the keys (RFC 8445, RFC 5763, RFC 5764).</summary>
internal sealed partial class PeerConnection : IIceSink
{
    // A consent check comes every 4 to 6 s at least.
    private const long HeardLately = 7 * TimeSpan.TicksPerSecond;

    private IDtlsEngine? _dtls;
    private DtlsFingerprints? _remoteFingerprints;
    private DtlsRole _dtlsRole;
    private bool _dtlsStarted;
    private bool _dtlsHeard;
    private bool _dtlsIsOver;
    private IcePath _dtlsFrom;
    private SrtpProfile? _profile;
    private bool _iceStateChanged;
    private long _negotiatedAt;
    private long? _iceConnectedAt;
    private long? _connectedAt;

    // The agent's choice at hand, for each packet asks for it.
    private IcePath _path;
    private bool _pathMayDiffer;

    /// <summary>Where to send; unspecified before ICE has a pair, and when the consent for it has expired.</summary>
    private ref readonly IcePath Path
    {
        get
        {
            if (_pathMayDiffer)
            {
                _pathMayDiffer = false;
                _path = Ice is { State: IceState.Connected or IceState.Disconnected } ice ? ice.SelectedPath : default;
            }

            return ref _path;
        }
    }

    private TransportAddress Remote => Path.Remote;

    private bool HasLostRelay => Path.Relay is { IsSpecified: true } relay && FindRelay(relay) is null;

    bool IShardPeer.IsHeardAt(in TransportAddress address, long now) =>
        Path == address && now - Ice!.LastHeard < HeardLately;

    bool IShardPeer.OnStun(in StunMessage message, in TransportAddress from, long now) => OnStun(message, from, now);

    void IShardPeer.OnDtls(ReadOnlySpan<byte> datagram, in TransportAddress from) => OnDtls(datagram, from);

    private bool OnStun(in StunMessage message, in IcePath from, long now)
    {
        if (TakeReflexive(message, from))
        {
            Reschedule();
            return false;
        }

        var authentic = AgentFor(message).Handle(message, from, now);
        AfterIce();
        Reschedule();
        return authentic && !_isRemoved;
    }

    private void OnDtls(ReadOnlySpan<byte> datagram, in IcePath from)
    {
        _dtlsHeard = true;
        _dtlsFrom = from;
        // Before the answer that holds the fingerprint the engine keeps a few.
        EnsureDtls().Feed(datagram);
        StartDtlsWhenReady();
    }

    void IIceSink.SendStun(ReadOnlySpan<byte> datagram, in IcePath path)
    {
        if (path.Relay.IsSpecified)
            FindRelay(path.Relay)?.Client.Send(datagram, path.Remote, Shard.Now);
        else
            Shard.SendStun(this, datagram, path.Remote);
    }

    // The agent must not be called back from here: AfterIce acts on it.
    void IIceSink.OnIceStateChanged(IceState state) => _iceStateChanged = _pathMayDiffer = true;

    void IIceSink.OnSelected(in IcePath path)
    {
        _pathMayDiffer = true;
        if (!path.Relay.IsSpecified)
        {
            Shard.Learn(this, path.Remote);
            return;
        }

        var relay = FindRelay(path.Relay);
        relay?.Learn(path.Remote);
        relay?.Client.Bind(path.Remote, Shard.Now);
    }

    private void AfterIce()
    {
        if (!_iceStateChanged || IsOver)
            return;
        _iceStateChanged = false;
        AfterRestart();
        switch (Ice!.State)
        {
            case IceState.Connected:
                if (_iceConnectedAt is null)
                {
                    _iceConnectedAt = Shard.Now;
                    _logger.IceConnected(Name, Ice.SelectedPath, Since(_negotiatedAt));
                    StartDtlsWhenReady();
                }

                if (_srtp is not null)
                    Enter(PeerState.Connected);
                break;
            case IceState.Disconnected when State == PeerState.Connected:
                Enter(PeerState.Disconnected, HasLostRelay ? PeerReasons.RelayLost : PeerReasons.Silent);
                break;
            case IceState.Failed when IsRestarting:
                AwaitRestart();
                break;
            case IceState.Failed:
                Fail(_iceConnectedAt is null ? PeerReasons.NoPath : PeerReasons.ConsentLost);
                break;
        }
    }

    private void PrepareDtls(DtlsRole role, DtlsFingerprints remote)
    {
        _dtlsRole = role;
        _remoteFingerprints = remote;
        EnsureDtls();
        StartDtlsWhenReady();
    }

    private IDtlsEngine EnsureDtls() =>
        _dtls ??= _factory.Dtls.Create(_options.SrtpProfiles, new DtlsRelay(this));

    /// <summary>A client begins when there is a path, a server when the client has: no thread waits idle.</summary>
    private void StartDtlsWhenReady()
    {
        if (_dtlsStarted || _remoteFingerprints is null)
            return;
        if (_dtlsRole == DtlsRole.Client ? _iceConnectedAt is null : !_dtlsHeard)
            return;
        _dtlsStarted = true;
        _dtls!.Start(_dtlsRole, _remoteFingerprints);
    }

    private void SendDtls(ReadOnlySpan<byte> datagram)
    {
        var path = Path.Remote.IsSpecified ? Path : _dtlsFrom;
        if (_isRemoved || !path.Remote.IsSpecified)
            return;
        datagram.CopyTo(Shard.NextBuffer());
        SendBuffer(datagram.Length, path);
    }

    /// <summary>Sends what was built in the buffer that the shard gave last.</summary>
    private void SendBuffer(int length, in IcePath path)
    {
        if (path.Relay.IsSpecified)
            FindRelay(path.Relay)?.Client.Send(Shard.NextBuffer()[..length], path.Remote, Shard.Now);
        else
            Shard.SendBuffer(this, length, path.Remote);
    }

    private void OnDtlsConnected(SrtpKeys keys)
    {
        if (IsOver)
            return;
        _srtp = new SrtpSession(keys, _factory.Options.Srtp);
        _profile = keys.Profile;
        _connectBy = long.MaxValue;
        _connectedAt = Shard.Now;
        _logger.DtlsConnected(Name, keys.Profile, Since(_negotiatedAt));
        _reports.Start(Shard.Now);
        if (Ice!.State == IceState.Connected)
            Enter(PeerState.Connected);
        PlayEarlyMedia();
        // Nothing leaves before it is open, and what was not sent would be repeated a second later.
        _dtls!.Open();
        if (!IsOver) StartData();
        Reschedule();
    }

    private void OnDtlsClosed(DtlsCloseReason reason, string? detail, byte? alert)
    {
        _dtlsIsOver = true;
        if (_isRemoved)
            return;
        if (IsTakingLeave)
            OnLeaveTaken();
        else if (reason == DtlsCloseReason.ClosedByPeer)
            End(PeerState.Closed, PeerReasons.ClosedByRemote);
        else
            Fail(PeerReasons.Of(reason, detail, alert));
    }

    private TimeSpan Since(long start) => TimeSpan.FromTicks(Shard.Now - start);

    /// <summary>Brings what the DTLS threads report to the shard, in order.</summary>
    private sealed class DtlsRelay(PeerConnection connection) : IDtlsSink
    {
        public void SendDtls(ReadOnlySpan<byte> datagram)
        {
            var copy = datagram.ToArray();
            connection.Shard.Post(() => connection.SendDtls(copy));
        }

        public void OnDtlsConnected(SrtpKeys keys) => connection.Shard.Post(() => connection.OnDtlsConnected(keys));

        // Once open, what comes in is dealt with on the shard already.
        public void OnDtlsData(ReadOnlySpan<byte> data) => connection.OnData(data);

        public void OnDtlsClosed(DtlsCloseReason reason, string? detail, byte? alert) =>
            connection.Shard.Post(() => connection.OnDtlsClosed(reason, detail, alert));
    }
}
