using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.WebRtc.Tests.Peer;

public sealed class AllocationTests
{
    private const int Packets = 20_000;

    [Theory]
    [InlineData(SrtpProfile.AeadAes128Gcm)]
    [InlineData(SrtpProfile.Aes128CmSha1_80)]
    public async Task A_forwarded_packet_allocates_nothing(SrtpProfile profile)
    {
        // The bridge's clock stands still while it forwards, so that no RTCP or consent check falls in between.
        await using var bridge = TestEngine.Start(time: new FakeTimeProvider());
        await using var phones = TestEngine.Start();
        var (from, to) = (await Leg(), await Leg());
        from.Here.Receiver.Forward(to.Here.Sender);
        var heard = new TestTap();
        to.There.Receiver.Tap = heard;
        await Talk(2_000);

        var before = bridge.GetStats();
        await Talk(Packets);
        var after = bridge.GetStats();

        Assert.Equal(Packets, after.PacketsForwarded - before.PacketsForwarded);
        Assert.Equal(0, after.BytesAllocatedByShards - before.BytesAllocatedByShards);

        async Task Talk(int count)
        {
            // In bursts that fit the smallest socket buffer.
            const int burst = 100;
            for (var sent = 0; sent < count; sent += burst)
            {
                TestAudio.Send(from.There.Sender, stream: 1, burst, first: sent);
                await heard.Next(burst);
            }
        }

        async Task<(AudioTransceiver Here, AudioTransceiver There)> Leg()
        {
            var phone = new TestPeer(phones, new PeerOptions { Name = "phone", SrtpProfiles = [profile] });
            var leg = new TestPeer(bridge, new PeerOptions { Name = "leg", SrtpProfiles = [profile] });
            var there = phone.Peer.AddTransceiver(TransceiverDirection.SendRecv);
            await TestPeer.Connect(phone, leg);
            return (leg.Peer.Transceivers[0], there);
        }
    }
}
