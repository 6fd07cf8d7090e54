using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>
/// A wire between two peers that may lose datagrams: both descriptions go through <see cref="Divert"/>, so that each
/// peer takes the relay for the other.
/// </summary>
internal sealed partial class UdpRelay : IDisposable
{
    private readonly UdpClient _forOfferer = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _forAnswerer = new(new IPEndPoint(IPAddress.Loopback, 0));
    private IPEndPoint? _offerer;
    private IPEndPoint? _answerer;

    /// <summary>Which datagrams of the offerer get lost; called in order.</summary>
    public Func<byte[], bool> LosesFromOfferer { get; set; } = _ => false;

    /// <summary>Which datagrams of the answerer get lost; called in order.</summary>
    public Func<byte[], bool> LosesFromAnswerer { get; set; } = _ => false;

    /// <summary>Exchanges the descriptions of two peers, diverted, and starts to relay.</summary>
    public async Task Exchange(TestPeer offerer, TestPeer answerer)
    {
        var offer = await offerer.Peer.CreateOffer();
        _offerer = AddressIn(offer);
        var answer = await answerer.Peer.AcceptOffer(Divert(offer, _forAnswerer));
        _answerer = AddressIn(answer);
        var cancellation = TestContext.Current.CancellationToken;
        _ = Relay(_forOfferer, _forAnswerer, () => _answerer, datagram => LosesFromOfferer(datagram), cancellation);
        _ = Relay(_forAnswerer, _forOfferer, () => _offerer, datagram => LosesFromAnswerer(datagram), cancellation);
        await offerer.Peer.AcceptAnswer(Divert(answer, _forOfferer));
    }

    public void Dispose()
    {
        _forOfferer.Dispose();
        _forAnswerer.Dispose();
    }

    [GeneratedRegex("(?<=a=candidate:.* )127\\.0\\.0\\.1 ([0-9]+)")]
    private static partial Regex Candidate();

    private static IPEndPoint AddressIn(string sdp) => new(
        IPAddress.Loopback, int.Parse(Candidate().Match(sdp).Groups[1].Value, CultureInfo.InvariantCulture));

    private static string Divert(string sdp, UdpClient to) =>
        Candidate().Replace(sdp, to.Client.LocalEndPoint!.ToString()!.Replace(':', ' '));

    private static async Task Relay(
        UdpClient from, UdpClient through, Func<IPEndPoint> to, Func<byte[], bool> loses, CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                var received = await from.ReceiveAsync(cancellation);
                if (!loses(received.Buffer)) await through.SendAsync(received.Buffer, to(), cancellation);
            }
        }
        catch (Exception ended) when (ended is ObjectDisposedException or OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }
}
