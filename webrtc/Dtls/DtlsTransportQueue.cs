using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Tls;

namespace GoTo.WebRtc.Dtls;

/// <summary>
/// The datagrams between a sans-IO peer and BouncyCastle's blocking handshake. Inwards a bounded queue; outwards
/// records are gathered into as few datagrams as hold them (BouncyCastle sends one record at a time).
/// </summary>
internal sealed class DtlsTransportQueue(IDtlsSink sink) : DatagramTransport
{
    /// <summary>
    /// The longest datagram sent: fits the path of every peer without IP fragments (RFC 8831 section 5).
    /// </summary>
    public const int MaxSent = 1200;

    /// <summary>The longest datagram received.</summary>
    public const int MaxReceived = 2048;

    private const int MaxQueued = 32;
    private const byte ChangeCipherSpec = 20;
    private const byte Alert = 21;

    private readonly object _gate = new();
    private readonly Queue<byte[]> _received = new();
    private readonly List<byte> _lastFlight = [];
    // For a flight: nothing of it stays while the association stands.
    private byte[]? _gathered;
    private int _gatheredLength;
    private ulong _nextInClear;
    private bool _hasAlerted;
    private bool _closed;

    /// <summary>The first sequence number of epoch 1 that no record sent so far has; for the sending thread.</summary>
    public ulong NextSequence { get; private set; }

    /// <summary>
    /// The records from the last ChangeCipherSpec on: a server's last flight, which it repeats when the client repeats
    /// its own (RFC 6347 section 4.2.4). For the sending thread.
    /// </summary>
    public byte[] LastFlight => [.. _lastFlight];

    /// <summary>Whether there is something to receive.</summary>
    public bool HasReceived
    {
        get
        {
            lock (_gate) return _received.Count > 0;
        }
    }

    /// <summary>Queues a copy; dropped when the queue is full.</summary>
    public void Push(ReadOnlySpan<byte> datagram)
    {
        lock (_gate)
        {
            if (_closed || _received.Count >= MaxQueued || datagram.Length > MaxReceived) return;
            _received.Enqueue(datagram.ToArray());
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes a datagram that nobody has received, if there is one.</summary>
    public bool TryTake([NotNullWhen(true)] out byte[]? datagram)
    {
        lock (_gate) return _received.TryDequeue(out datagram);
    }

    public int GetReceiveLimit() => MaxReceived;

    public int GetSendLimit() => MaxSent;

    public int Receive(byte[] buf, int off, int len, int waitMillis) => Receive(buf.AsSpan(off, len), waitMillis);

    /// <summary>Sends what was gathered and waits for a datagram; -1 when none came in time.</summary>
    /// <exception cref="TlsFatalAlert">The transport is closed.</exception>
    public int Receive(Span<byte> buffer, int waitMillis)
    {
        Flush();
        lock (_gate)
        {
            if (_received.Count == 0 && !_closed)
            {
                Monitor.Wait(_gate, waitMillis <= 0 ? Timeout.Infinite : waitMillis);
            }

            // BouncyCastle tells the peer so; any other error it would tell as internal_error.
            if (_closed) throw new TlsFatalAlert(AlertDescription.close_notify);
            if (!_received.TryDequeue(out var datagram)) return -1;
            var length = Math.Min(datagram.Length, buffer.Length);
            datagram.AsSpan(0, length).CopyTo(buffer);
            return length;
        }
    }

    public void Send(byte[] buf, int off, int len) => Send(buf.AsSpan(off, len));

    /// <summary>Gathers a record. Used, as <see cref="Flush"/>, by one thread at a time.</summary>
    public void Send(ReadOnlySpan<byte> buffer)
    {
        Note(buffer);
        if (_gatheredLength + buffer.Length > MaxSent) Flush();
        _gathered ??= new byte[MaxSent];
        buffer.CopyTo(_gathered.AsSpan(_gatheredLength));
        _gatheredLength += buffer.Length;
    }

    /// <summary>Sends what was gathered.</summary>
    public void Flush()
    {
        if (_gatheredLength == 0) return;
        var flight = _gathered.AsSpan(0, _gatheredLength);
        (_gathered, _gatheredLength) = (null, 0);
        sink.SendDtls(flight);
    }

    /// <summary>
    /// Tells the peer that we hang up, if BouncyCastle has not: its client says nothing before the server has answered,
    /// whose thread would wait for its time-out.
    /// </summary>
    public void SayGoodbye()
    {
        if (_nextInClear == 0 || _hasAlerted) return;
        byte[] closeNotify = [(byte)AlertLevel.warning, (byte)AlertDescription.close_notify];
        Span<byte> record = stackalloc byte[DtlsRecords.HeaderLength + closeNotify.Length];
        Send(record[..DtlsRecords.WriteInClear(Alert, _nextInClear, closeNotify, record)]);
        Flush();
    }

    /// <summary>
    /// Wakes the thread that is waiting in <see cref="Receive(Span{byte}, int)"/>, which then gives up.
    /// </summary>
    public void Abort()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Note(ReadOnlySpan<byte> record)
    {
        if (record[0] == ChangeCipherSpec) _lastFlight.Clear();
        if (record[0] == ChangeCipherSpec || _lastFlight.Count > 0) _lastFlight.AddRange(record);
        var next = DtlsRecords.SequenceOf(record) + 1;
        if (DtlsRecords.EpochOf(record) > 0) NextSequence = next;
        else _nextInClear = next;
        _hasAlerted |= record[0] == Alert;
    }

    /// <summary>What BouncyCastle calls at the end of the association, with its last alert gathered.</summary>
    public void Close()
    {
        Flush();
        Abort();
    }
}
