using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using GoTo.WebRtc.Stun;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

/// <summary>What strangers send to the port of a live call. The rate that it takes is measured by the flood benchmark.</summary>
public sealed partial class FloodTests : IAsyncDisposable
{
    private const int Requests = 10_000;

    // As many as a socket's buffer surely holds, before the shard has to have looked at them.
    private const int Batch = 100;

    private readonly RtcEngine _engine = TestEngine.Start();
    private readonly RtcEngine _far = TestEngine.Start();
    private readonly UdpClient _stranger = new(new IPEndPoint(IPAddress.Loopback, 0));

    public async ValueTask DisposeAsync()
    {
        _stranger.Dispose();
        await _engine.DisposeAsync();
        await _far.DisposeAsync();
    }

    [Fact]
    public async Task Requests_for_ten_thousand_ufrags_leave_no_trace_and_the_call_alone()
    {
        var call = await Call();
        var before = _engine.GetStats();

        await Flood(number => Request($"u{number:x7}", "a password that is wrong"));

        var after = _engine.GetStats();
        Assert.Equal(Requests, after.DroppedUnknownPeer - before.DroppedUnknownPeer);
        Assert.Equal(before.Peers, after.Peers);

        // Less than one byte a request: nothing is kept or made for any.
        Assert.InRange(after.BytesAllocatedByShards - before.BytesAllocatedByShards, 0, Requests);
        await call.Flows();
    }

    [Fact]
    public async Task Guesses_at_the_password_of_a_live_call_are_soon_not_even_looked_at()
    {
        var call = await Call();
        var before = _engine.GetStats();

        await Flood(_ => Request(call.Ufrag, "a password that is wrong"));

        var dropped = _engine.GetStats().DroppedRateLimited - before.DroppedRateLimited;
        Assert.InRange(dropped, Requests / 2, Requests - 1);

        // The phone is of the same network, and goes on all the same: its address has proven itself.
        await call.Flows();
    }

    [Fact]
    public async Task Streams_of_ten_thousand_sources_in_strange_packets_are_dropped()
    {
        var call = await Call();
        var before = _engine.GetStats();

        await Flood(number =>
        [
            0x80, 111, 0, 1, 0, 0, 0, 1, (byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number,
            .. new byte[60],
        ]);

        Assert.Equal(Requests, _engine.GetStats().DroppedUnknownPeer - before.DroppedUnknownPeer);
        await call.Flows();
    }

    private async Task Flood(Func<int, byte[]> datagram)
    {
        var start = _engine.GetStats().DatagramsReceived;
        for (var number = 0; number < Requests; number++)
        {
            await _stranger.SendAsync(datagram(number), _engine.LocalEndPoints[0], TestContext.Current.CancellationToken);
            if ((number + 1) % Batch != 0) continue;
            var sent = number + 1;
            Assert.True(SpinWait.SpinUntil(
                () => _engine.GetStats().DatagramsReceived - start >= sent, TimeSpan.FromSeconds(10)));
        }

        // What was received last may still be on its way through the shard.
        var through = new TaskCompletionSource();
        _engine.ShardOf(0).Post(through.SetResult);
        await through.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    private static byte[] Request(string ufrag, string password)
    {
        var buffer = new byte[200];
        var writer = new StunWriter(buffer, StunClass.Request, StunProtocol.BindingMethod, new byte[12]);
        writer.Write(StunAttribute.Username, Encoding.ASCII.GetBytes($"{ufrag}:them"));
        writer.Write(StunAttribute.IceControlling, 1ul);
        return buffer[..writer.Finish(new StunKey(Encoding.ASCII.GetBytes(password)))];
    }

    private async Task<LiveCall> Call()
    {
        var phone = new TestPeer(_far);
        var ours = new TestPeer(_engine);
        var sent = phone.Peer.AddTransceiver(TransceiverDirection.SendRecv);
        var answer = await ours.Peer.AcceptOffer(await phone.Peer.CreateOffer());
        await phone.Peer.AcceptAnswer(answer);
        await phone.Reaches(PeerState.Connected);
        await ours.Reaches(PeerState.Connected);
        var heard = new TestTap();
        ours.Peer.Transceivers[0].Receiver.Tap = heard;
        return new LiveCall(UfragLine().Match(answer).Groups[1].Value, sent, heard);
    }

    [GeneratedRegex("a=ice-ufrag:([^\r]+)")]
    private static partial Regex UfragLine();

    private sealed record LiveCall(string Ufrag, AudioTransceiver Phone, TestTap Heard)
    {
        public async Task Flows()
        {
            var sent = TestAudio.Send(Phone.Sender, stream: 1, count: 20);
            Assert.Equal(sent, (await Heard.Next(20)).Select(p => p.Payload));
        }
    }
}
