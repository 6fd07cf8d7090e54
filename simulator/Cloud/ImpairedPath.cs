using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// A bad network between a phone and whoever answers it: each is given the address of a socket here in place of the
/// other's, and what passes between the two is lost, late or stopped. Phones and answerers are as they are.
/// </summary>
internal sealed partial class ImpairedPath : IDisposable
{
    private const int LargestDatagram = 2048;

    private readonly NetworkConditions _conditions;
    private readonly Random _chance;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Socket _inPlaceOfPhone = NewSocket();
    private readonly Socket _inPlaceOfUs = NewSocket();
    private volatile IPEndPoint? _phone;
    private volatile IPEndPoint? _us;

    public ImpairedPath(NetworkConditions conditions, Random chance, TimeProvider time)
    {
        (_conditions, _chance, _time) = (conditions, chance, time);
        _ = Carry(_inPlaceOfPhone, _inPlaceOfUs, heard => _us = heard, () => _phone, conditions.ToPhone);
        _ = Carry(_inPlaceOfUs, _inPlaceOfPhone, heard => _phone = heard, () => _us, conditions.FromPhone);
    }

    /// <summary>The phone's SDP as the other side is to see it.</summary>
    public string OfPhone(string sdp) => Reroute(sdp, _inPlaceOfPhone, found => _phone = found);

    /// <summary>Our SDP as the phone is to see it.</summary>
    public string OfUs(string sdp) => Reroute(sdp, _inPlaceOfUs, found => _us = found);

    public void Dispose()
    {
        _inPlaceOfPhone.Dispose();
        _inPlaceOfUs.Dispose();
    }

    /// <summary>Puts a socket of ours in place of the first candidate; the others would lead past it.</summary>
    private static string Reroute(string sdp, Socket instead, Action<IPEndPoint> found)
    {
        var own = (IPEndPoint)instead.LocalEndPoint!;
        var first = true;
        return Candidate().Replace(sdp, match =>
        {
            if (!first || !IPAddress.TryParse(match.Groups["address"].Value, out var address)
                || address.AddressFamily != AddressFamily.InterNetwork)
            {
                return "";
            }

            first = false;
            found(new IPEndPoint(address, int.Parse(match.Groups["port"].ValueSpan)));
            return $"{match.Groups["head"].Value}{own.Address} {own.Port} typ host\r\n";
        });
    }

    private async Task Carry(Socket from, Socket through, Action<IPEndPoint> heard, Func<IPEndPoint?> to, bool audio)
    {
        var buffer = new byte[LargestDatagram];
        var anybody = new IPEndPoint(IPAddress.Any, 0);
        while (true)
        {
            try
            {
                var received = await from.ReceiveFromAsync(buffer, SocketFlags.None, anybody);
                heard((IPEndPoint)received.RemoteEndPoint);
                if (to() is not { } target || IsLost(buffer.AsSpan(0, received.ReceivedBytes), audio, out var wait))
                    continue;
                _ = Send(through, buffer.AsSpan(0, received.ReceivedBytes).ToArray(), target, wait);
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException failure) when (failure.SocketErrorCode != SocketError.OperationAborted)
            {
                // Nobody listens over there yet, or any more.
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private bool IsLost(ReadOnlySpan<byte> datagram, bool audio, out TimeSpan wait)
    {
        lock (_gate)
        {
            var lost = _chance.NextDouble() < _conditions.Loss;
            wait = _conditions.Delay + (_conditions.Jitter * _chance.NextDouble());
            return lost || !_conditions.Connects || (!audio && IsAudio(datagram));
        }
    }

    // RFC 7983 section 7, RFC 5761 section 4: RTP, and not its reports.
    private static bool IsAudio(ReadOnlySpan<byte> datagram) =>
        datagram.Length > 1 && datagram[0] is >= 128 and <= 191 && (datagram[1] & 0x7F) is < 64 or > 95;

    private async Task Send(Socket through, byte[] datagram, IPEndPoint to, TimeSpan wait)
    {
        try
        {
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, _time);
            await through.SendToAsync(datagram, SocketFlags.None, to);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Lost with the call.
        }
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    /// <summary>RFC 8839 section 5.1.</summary>
    [GeneratedRegex(@"(?<head>a=candidate:\S+ \d+ (?:udp|UDP) \d+ )(?<address>\S+) (?<port>\d+) typ [^\r\n]*\r?\n|a=candidate:[^\r\n]*\r?\n")]
    private static partial Regex Candidate();
}
