using System.Net;
using System.Net.Sockets;

namespace GoTo.WebRtc;

/// <summary>
/// A shard's UDP socket could not be bound: the port is taken, or the address is not one of this host.
/// Choose another <see cref="RtcOptions.Port"/> or <see cref="RtcOptions.BindAddress"/>, or end the process that holds
/// the port.
/// </summary>
public sealed class RtcBindException : Exception
{
    /// <summary>Creates the exception for the end point that could not be bound.</summary>
    /// <param name="endPoint">The local address and port asked for.</param>
    /// <param name="error">The operating system's error.</param>
    /// <param name="inner">The socket's exception, if there was one.</param>
    public RtcBindException(IPEndPoint endPoint, SocketError error, Exception? inner = null)
        : base($"Cannot bind the UDP socket of the media engine to {endPoint}: {Describe(error)}.", inner)
    {
        EndPoint = endPoint;
        Error = error;
    }

    /// <summary>The local address and port that could not be bound.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The operating system's error, such as <see cref="SocketError.AddressAlreadyInUse"/>.</summary>
    public SocketError Error { get; }

    private static string Describe(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "the port is already in use",
        SocketError.AddressNotAvailable => "the address is not one of this host",
        SocketError.AccessDenied => "permission denied",
        _ => $"socket error {error}",
    };
}
