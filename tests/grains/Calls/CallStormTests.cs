namespace GoTo.Grains.Tests.Calls;

/// <summary>Many calls by chance. One that fails names its seed: <c>GOTO_SEED=123</c> runs that one alone.</summary>
public sealed class CallStormTests
{
    private const int Seeds = 10_000;

    [Fact]
    public void Ten_thousand_storms_lose_no_intent_repeat_no_effect_and_are_decided_again_as_they_were()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("GOTO_SEED"), out var one))
        {
            new CallInStorms(one).Run();
            return;
        }
        for (var seed = 0; seed < Seeds; seed++) new CallInStorms(seed).Run();
    }
}
