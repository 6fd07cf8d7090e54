using GoTo.WebRtc.Sctp;
using GoTo.WebRtc.Sdp;

namespace GoTo.WebRtc.Peer;

/// <summary>Data channels: SCTP over the peer's DTLS (RFC 8831, RFC 8261).</summary>
internal sealed partial class PeerConnection : IDataChannelSink
{
    private DataChannels? _data;
    private NegotiatedData? _dataSession;
    private bool _dataStarted;

    private bool WantsData => _options.DataChannels || _data is not null;

    private long DataDue => _data?.NextDeadline ?? long.MaxValue;

    public DataChannel CreateData(string label, DataChannelOptions options)
    {
        if (State is PeerState.Closed or PeerState.Failed)
            throw new InvalidOperationException(
                $"Peer {Name} is {State}: make a new peer for a new connection.");
        var channel = new DataChannel(this, label, options);
        OnShard(() => EnsureData().Open(channel, Shard.Now));
        return channel;
    }

    public void SendData(DataChannel channel, byte[] message, bool isText) =>
        OnShard(() => _data?.Send(channel, message, isText, Shard.Now));

    public void CloseData(DataChannel channel) => OnShard(() => _data?.Close(channel, Shard.Now));

    public void TellDrained(DataChannel channel) => OnShard(() => _events.OnDataChannelDrained(channel));

    void IDataChannelSink.SendSctp(ReadOnlySpan<byte> packet)
    {
        if (_isRemoved || _dtls is null || !Remote.IsSpecified) return;
        var length = _dtls.Protect(packet, Shard.NextBuffer());
        if (length > 0) Shard.SendBuffer(this, length, Remote);
    }

    DataChannel IDataChannelSink.Accept(string label, DataChannelOptions options) => new(this, label, options);

    void IDataChannelSink.OnOpen(DataChannel channel, bool isRemote)
    {
        if (isRemote) _events.OnDataChannel(channel);
        else _events.OnDataChannelOpen(channel);
    }

    void IDataChannelSink.OnMessage(DataChannel channel, ReadOnlySpan<byte> message, bool isText) =>
        _events.OnData(channel, message, isText);

    void IDataChannelSink.OnDrained(DataChannel channel) => _events.OnDataChannelDrained(channel);

    void IDataChannelSink.OnClosed(DataChannel channel, string? reason) =>
        _events.OnDataChannelClosed(channel, reason);

    private void OnShard(Action action) => Shard.Post(() =>
    {
        action();
        Reschedule();
    });

    private DataChannels EnsureData() => _data ??= new DataChannels(_factory.Entropy, this);

    /// <summary>Takes note of what was negotiated; begins at once when DTLS is done already.</summary>
    private void ApplyData(NegotiatedData? session)
    {
        _dataSession = session;
        if (_connectedAt is not null) StartData();
    }

    private void StartData()
    {
        if (_dataSession is not { } session || _dataStarted) return;
        _dataStarted = true;
        EnsureData().Start(
            _dtlsRole == DtlsRole.Client, session.LocalPort, session.RemotePort, session.MaxMessageSize, Shard.Now);
    }

    private void OnData(ReadOnlySpan<byte> packet)
    {
        _data?.Handle(packet, Shard.Now);
        Reschedule();
    }

    private void TickData(long now) => _data?.Tick(now);

    private void StopData(string reason) => _data?.CloseAll(reason);
}
