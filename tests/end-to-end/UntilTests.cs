namespace GoTo.EndToEnd.Tests;

/// <summary>Why a wait fails is to be read in its message.</summary>
public sealed class UntilTests
{
    [Fact]
    public async Task What_does_not_happen_in_time_is_said_with_what_was_seen_last()
    {
        var looks = 0;
        var late = await Assert.ThrowsAsync<TimeoutException>(() => Until.True(
            () => Task.FromResult(++looks < 0), TimeSpan.FromSeconds(0.2), "it rings", () => $"{looks} looks"));

        Assert.Equal($"Not within 0.2 s: it rings. Seen last: {looks} looks.", late.Message);
    }

    [Fact]
    public async Task A_condition_that_never_returns_is_late_too() => await Assert.ThrowsAsync<TimeoutException>(
        () => Until.True(() => new TaskCompletionSource<bool>().Task, TimeSpan.FromSeconds(0.2), "it rings"));

    [Fact]
    public async Task A_cancellation_of_the_conditions_own_is_seen() => await Assert.ThrowsAsync<TaskCanceledException>(
        () => Until.True(() => Task.FromCanceled<bool>(new CancellationToken(canceled: true)), TimeSpan.FromMinutes(1), "it rings"));
}
