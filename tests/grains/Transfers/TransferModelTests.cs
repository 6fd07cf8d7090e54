using GoTo.Transfers;

namespace GoTo.Grains.Tests.Transfers;

/// <summary>
/// Warm transfers against a model of GoTo, from seeds: 0 stranded callers, 0 callers with two owners, 0 duplicate dials,
/// and an outcome that is true. A seed that fails is printed with all that happened and fails again.
/// </summary>
public sealed class TransferModelTests
{
    private const int Seeds = 10_000;

    [Fact]
    public void A_caller_always_has_one_owner_whatever_fails_and_crashes()
    {
        var runs = Enumerable.Range(1, Seeds).Select(seed => new SagaRun(seed)).ToList();

        var failures = runs.Select(run => run.Run()).OfType<string>().ToList();

        Assert.True(failures.Count == 0, $"{failures.Count} of {Seeds} seeds fail:\n{string.Join('\n', failures.Take(3))}");
        // The seeds go everywhere: each result comes about, and many transfers are completed in spite of it all.
        Assert.Equal(Enum.GetValues<TransferResult>(), runs.Select(run => run.Result!.Value).Distinct().Order());
        Assert.InRange(runs.Count(run => run.Result is TransferResult.Completed), Seeds / 10, Seeds);
    }
}
