using GoTo.Simulator.Cloud;
using GoTo.Simulator.Phones;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.EndToEnd.Tests.Phones;

public sealed class TelephoneTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_number_is_free_for_the_next_phone_when_the_one_before_is_put_away()
    {
        await using var cloud = await GoToCloud.Start(new GoToCloudOptions(), TimeProvider.System, NullLoggerFactory.Instance, Stop);
        await using var engine = new RtcEngine(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(async line =>
        {
            for (var turn = 0; turn < 40; turn++)
            {
                await using var phone = await Telephone.Connect(
                    cloud.PhoneSocketUrl, engine, [], () => new PacketEar([440]), TimeProvider.System, Stop);
                await phone.Register($"+1555123{line:0000}", Stop);
            }
        }));
    }
}
