using System.Collections.Concurrent;
using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Srtp;
using Xunit;

namespace GoTo.WebRtc.Tests.Dtls;

/// <summary>One end of an association over a wire in memory that may lose and change datagrams.</summary>
internal sealed class DtlsEnd : IDtlsSink
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource<SrtpKeys> _connected = New<SrtpKeys>();
    private readonly TaskCompletionSource<(DtlsCloseReason, string?)> _closed = New<(DtlsCloseReason, string?)>();
    private int _sent;

    public DtlsEnd(HandshakePool pool, TimeProvider? time = null, params SrtpProfile[] profiles)
    {
        Identity = DtlsIdentity.Create(TimeProvider.System);
        Factory = new DtlsEngineFactory(Identity, pool, time ?? TimeProvider.System);
        SrtpProfile[] both = [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmSha1_80];
        Engine = Factory.Create(profiles.Length == 0 ? both : profiles, this);
    }

    public DtlsIdentity Identity { get; }

    public DtlsEngineFactory Factory { get; }

    public IDtlsEngine Engine { get; }

    /// <summary>Where datagrams go.</summary>
    public Action<byte[]> Wire { get; set; } = _ => { };

    /// <summary>Which datagrams get lost, by their number from 0.</summary>
    public Func<int, bool> Loses { get; set; } = _ => false;

    public ConcurrentQueue<byte[]> Sent { get; } = new();

    /// <summary>Whether the association is opened as soon as it can be.</summary>
    public bool OpensAtOnce { get; set; } = true;

    /// <summary>Application data that came.</summary>
    public ConcurrentQueue<byte[]> Received { get; } = new();

    public int Connections { get; private set; }

    public int Closures { get; private set; }

    /// <summary>The alert that the closure told of.</summary>
    public byte? Alert { get; private set; }

    public DtlsFingerprints Fingerprints => Parse(Identity.Fingerprint);

    public static DtlsFingerprints Parse(params string[] lines)
    {
        Assert.True(DtlsFingerprints.TryParse(lines, out var fingerprints, out var error), error);
        return fingerprints!;
    }

    /// <summary>Two ends and the wire between; the client is to be started last.</summary>
    public static void Connect(DtlsEnd one, DtlsEnd other)
    {
        one.Wire = datagram => other.Engine.Feed(datagram);
        other.Wire = datagram => one.Engine.Feed(datagram);
    }

    public void Start(DtlsRole role, DtlsEnd other) => Engine.Start(role, other.Fingerprints);

    public Task<SrtpKeys> Connected() =>
        _connected.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);

    public Task<(DtlsCloseReason Reason, string? Detail)> Closed() =>
        _closed.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);

    public void SendDtls(ReadOnlySpan<byte> datagram)
    {
        var copy = datagram.ToArray();
        Sent.Enqueue(copy);
        if (!Loses(_sent++)) Wire(copy);
    }

    public void OnDtlsConnected(SrtpKeys keys)
    {
        Connections++;
        if (OpensAtOnce) Engine.Open();
        _connected.TrySetResult(keys);
    }

    public void OnDtlsData(ReadOnlySpan<byte> data) => Received.Enqueue(data.ToArray());

    /// <summary>Sends application data; false when the association is not open.</summary>
    public bool Send(ReadOnlySpan<byte> data)
    {
        var datagram = new byte[data.Length + DtlsRecords.MaxOverhead];
        var length = Engine.Protect(data, datagram);
        if (length > 0) SendDtls(datagram.AsSpan(0, length));
        return length > 0;
    }

    public void OnDtlsClosed(DtlsCloseReason reason, string? detail, byte? alert)
    {
        Closures++;
        Alert = alert;
        _connected.TrySetException(new InvalidOperationException($"DTLS ended: {reason}, {detail}"));
        _closed.TrySetResult((reason, detail));
    }

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
