using GoTo.Calls;

namespace GoTo.Grains.Tests.Calls;

/// <summary>A transfer or conference has a say in a call that it works with.</summary>
public sealed class ClaimTests
{
    private static readonly CallState Connected = new() { Phase = CallPhase.Connected, Direction = CallDirection.Outbound };
    private static readonly CallState Claimed = Connected with { ClaimedBy = "transfer" };

    [Fact]
    public void A_connected_call_is_claimed_once_and_by_one()
    {
        Assert.Equal([new Claimed("transfer")], Decide(Connected, new CallCommand.Claim("transfer")).Events);
        Assert.Equal((0, null), (Decide(Claimed, new CallCommand.Claim("transfer")).Events.Count, Decide(Claimed, new CallCommand.Claim("transfer")).Refusal));
        Assert.NotNull(Decide(Claimed, new CallCommand.Claim("another")).Refusal);
    }

    [Fact]
    public void Only_who_has_claimed_it_releases_it()
    {
        Assert.Empty(Decide(Claimed, new CallCommand.Release("another")).Events);
        Assert.Equal([new Released("transfer")], Decide(Claimed, new CallCommand.Release("transfer")).Events);
    }

    [Theory]
    [InlineData("service", false)]
    [InlineData("transfer", true)]
    public void Only_who_has_claimed_it_takes_it_off_hold_or_passes_it_on(string actor, bool mayDo)
    {
        foreach (var operation in new CallOperation[]
            {
                new CallOperation.Hold(), new CallOperation.BlindTransfer("ext:1001"), new CallOperation.WarmTransfer("other"),
                new CallOperation.Merge("other"),
            })
        {
            Assert.Equal(mayDo, Decide(Claimed, new CallCommand.Operate(CommandId.New(), operation, actor)).Refusal is null);
        }
    }

    [Fact]
    public void Everybody_may_hang_up_a_call_that_is_claimed() => Assert.Null(
        Decide(Claimed, new CallCommand.Operate(CommandId.New(), new CallOperation.HangUp(HangUpReason.Normal), "service")).Refusal);

    private static CallDecision Decide(CallState state, CallCommand command) => CallDecision.Decide(state, command, DateTimeOffset.UnixEpoch);
}
