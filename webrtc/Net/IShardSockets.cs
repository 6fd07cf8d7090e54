using System.Net;

namespace GoTo.WebRtc.Net;

/// <summary>
/// The UDP sockets of a shard, waited on together; datagrams come and go in batches through preallocated buffers. A
/// socket is known by a small number. Belongs to the shard's thread, except <see cref="Wake"/>; allocates nothing per
/// datagram.
/// </summary>
internal interface IShardSockets : IDisposable
{
    /// <summary>Datagrams handed to the operating system so far.</summary>
    long Sent { get; }

    /// <summary>Datagrams that the operating system refused so far.</summary>
    long SendFailures { get; }

    /// <summary>Opens a socket.</summary>
    /// <exception cref="RtcBindException">The port is taken or the address is not of this host.</exception>
    int Open(IPEndPoint endPoint, int bufferSize);

    /// <summary>Closes a socket; its number may be given again.</summary>
    void Close(int socket);

    /// <summary>The bound address and port of a socket.</summary>
    IPEndPoint LocalEndPoint(int socket);

    /// <summary>The receive buffer granted to a socket, in bytes.</summary>
    int ReceiveBufferSize(int socket);

    /// <summary>Waits until a socket has datagrams, <see cref="Wake"/> is called, or the time is over.</summary>
    /// <param name="timeoutMs">The longest wait in ms; 0 does not wait, -1 waits for ever.</param>
    /// <returns>How many sockets are ready.</returns>
    int Wait(int timeoutMs);

    /// <summary>The number of a ready socket.</summary>
    int Ready(int index);

    /// <summary>Receives a batch from a socket, without waiting; the earlier batch is gone.</summary>
    /// <returns>How many datagrams were received.</returns>
    int Receive(int socket);

    /// <summary>A datagram of the batch; empty when it was longer than <see cref="Demux.MaxDatagram"/>.</summary>
    Span<byte> Datagram(int index);

    /// <summary>Who sent a datagram of the batch.</summary>
    TransportAddress Sender(int index);

    /// <summary>
    /// A free buffer of <see cref="Demux.MaxDatagram"/> bytes for the next datagram to send; flushes when all are used.
    /// The same buffer is given again until <see cref="Enqueue"/>.
    /// </summary>
    Span<byte> NextBuffer();

    /// <summary>Queues the first bytes of the buffer last given.</summary>
    void Enqueue(int socket, int length, in TransportAddress to);

    /// <summary>Hands all queued datagrams to the operating system.</summary>
    void Flush();

    /// <summary>Ends a wait, now or the next one. Thread-safe.</summary>
    void Wake();
}
