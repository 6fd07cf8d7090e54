using GoTo.Accounts;
using Microsoft.Extensions.Time.Testing;

namespace GoTo.Grains.Tests.Accounts;

public sealed class TokenPaceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_wrong_password_is_not_tried_ten_times_a_minute_however_many_ask()
    {
        var pace = new TokenPace(_time);
        var requests = new List<DateTimeOffset>();
        for (var second = 0; second < 600; second++)
        {
            if (pace.Wait == TimeSpan.Zero)
            {
                pace.Requested();
                pace.Failed(null);
                requests.Add(_time.GetUtcNow());
            }
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.True(MostInAMinute(requests) <= 7, $"{MostInAMinute(requests)} log-ins within a minute");
        Assert.InRange(requests.Count, 10, 16);
    }

    [Fact]
    public void Tokens_that_GoTo_gives_and_refuses_at_once_stay_below_the_budget()
    {
        var pace = new TokenPace(_time);
        var requests = new List<DateTimeOffset>();
        for (var second = 0; second < 600; second++)
        {
            if (pace.Wait == TimeSpan.Zero)
            {
                pace.Requested();
                pace.Succeeded();
                requests.Add(_time.GetUtcNow());
            }
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(TokenPace.MostAMinute, MostInAMinute(requests));
    }

    [Fact]
    public void A_success_forgets_the_failures_and_GoTo_s_own_wish_counts()
    {
        var pace = new TokenPace(_time);
        pace.Failed(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.FromSeconds(30), pace.Wait);
        _time.Advance(TimeSpan.FromSeconds(30));
        pace.Succeeded();
        Assert.Equal(TimeSpan.Zero, pace.Wait);
        pace.Failed(null);
        Assert.Equal(TimeSpan.FromSeconds(1), pace.Wait);
    }

    private static int MostInAMinute(List<DateTimeOffset> requests) =>
        requests.Max(from => requests.Count(at => at >= from && at < from.AddMinutes(1)));
}
