using GoTo.Calls;
using GoTo.Tenants;

namespace GoTo.Grains.Tests.Tenants;

public sealed class TenantLoadTests
{
    private const string Number = "+15555550100";
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);
    private static readonly TenantQuotas Two = new() { ConcurrentCalls = 2 };

    private readonly TenantLoad _load = new();

    [Fact]
    public void Without_quotas_every_call_is_let_in()
    {
        for (var i = 0; i < 100; i++) Assert.Null(Admit(i, new TenantQuotas()));
        Assert.Equal(100, _load.Live.Count);
    }

    [Fact]
    public void A_call_counts_once_however_often_it_asks_and_leaves_once()
    {
        Assert.Null(Admit(1, Two));
        Assert.Null(Admit(1, Two));
        Assert.Null(Admit(2, Two));
        Assert.Equal(Quota.ConcurrentCalls, Admit(3, Two));
        Assert.Null(Admit(1, Two));
        _load.Leave(Call(1));
        _load.Leave(Call(1));
        Assert.Null(Admit(3, Two));
        Assert.Equal(Quota.ConcurrentCalls, Admit(1, Two));
    }

    [Fact]
    public void A_number_has_a_limit_of_its_own()
    {
        Assert.Null(_load.Admit(Call(1), Number, new TenantQuotas(), 1, Noon));
        Assert.Equal(Quota.ConcurrentCallsOfNumber, _load.Admit(Call(2), Number, new TenantQuotas(), 1, Noon));
        Assert.Null(_load.Admit(Call(2), "+15555550101", new TenantQuotas(), 1, Noon));
    }

    [Fact]
    public void Dials_are_limited_within_any_minute()
    {
        var quotas = new TenantQuotas { DialsPerMinute = 2 };
        Assert.Null(Dial("a", quotas, 0));
        Assert.Null(Dial("a", quotas, 1));
        Assert.Null(Dial("b", quotas, 30));
        _load.AbandonDial("a");
        Assert.Equal(Quota.DialsPerMinute, Dial("c", quotas, 59));
        Assert.Null(Dial("c", quotas, 60));
        Assert.Equal(Quota.DialsPerMinute, Dial("d", quotas, 60));
        Assert.Equal(2, _load.DialsThisMinute(Noon.AddSeconds(60)));
    }

    [Fact]
    public void A_dial_holds_its_place_until_it_is_a_call_or_comes_to_nothing()
    {
        Assert.Null(Dial("a", Two, 0));
        Assert.Null(Dial("b", Two, 0));
        Assert.Equal(Quota.ConcurrentCalls, Admit(9, Two));
        _load.BindDial("a", Call(1), Noon);
        _load.BindDial("a", Call(1), Noon);
        Assert.Equal(Quota.ConcurrentCalls, Admit(9, Two));
        Assert.Equal(Number, Assert.Single(_load.Live).Number);
        _load.AbandonDial("b");
        Assert.Null(Admit(9, Two));
    }

    [Fact]
    public void A_dial_of_which_nothing_is_heard_gives_its_place_back()
    {
        Assert.Null(Dial("a", new TenantQuotas { ConcurrentCalls = 1 }, 0));
        Assert.Equal(Quota.ConcurrentCalls, Dial("b", new TenantQuotas { ConcurrentCalls = 1 }, 179));
        Assert.Null(Dial("b", new TenantQuotas { ConcurrentCalls = 1 }, 180));
    }

    [Fact]
    public void What_is_counted_follows_the_calls_themselves()
    {
        Admit(1, Two);
        Admit(2, Two);
        // 1 has ended and never said so; 2 is so new that it has not journaled whose it is; 3 was forgotten in a crash.
        _load.Compare(Call(1), Number, isOurs: false, isOver: true, Noon.AddSeconds(1));
        _load.Compare(Call(2), Number, isOurs: false, isOver: false, Noon.AddSeconds(1));
        _load.Compare(Call(3), Number, isOurs: true, isOver: false, Noon.AddSeconds(1));
        _load.Compare(Call(4), Number, isOurs: false, isOver: false, Noon.AddSeconds(1));
        Assert.Equal([Call(2), Call(3)], _load.Live.Select(call => call.Call).Order(Comparer<CallKey>.Create((a, b) => string.CompareOrdinal(a.CallId, b.CallId))));
        // Half a minute later a call that does not say it is ours is none of ours.
        _load.Compare(Call(2), Number, isOurs: false, isOver: false, Noon + TenantLoad.Grace);
        Assert.Equal(Call(3), Assert.Single(_load.Live).Call);
    }

    [Fact]
    public void The_feed_goes_on_after_a_version_and_keeps_what_lives()
    {
        Admit(1, new TenantQuotas());
        var first = Assert.Single(_load.After(0));
        for (var i = 2; i <= TenantLoad.MostRemembered + 10; i++)
        {
            Admit(i, new TenantQuotas());
            _load.Leave(Call(i));
        }
        Assert.Equal(first, _load.After(0)[0]);
        Assert.Equal(TenantLoad.MostRemembered + 1, _load.After(0).Count);
        Assert.Equal(_load.After(0).Skip(1), _load.After(first.Version));
        Assert.Empty(_load.After(_load.After(0)[^1].Version));
        // The next activation counts on from a later time.
        var next = new TenantLoad();
        next.Admit(Call(1), Number, new TenantQuotas(), null, Noon.AddSeconds(1));
        Assert.True(next.After(0)[0].Version > _load.After(0)[^1].Version);
    }

    private static CallKey Call(int i) => new("main", $"call{i}");

    private Quota? Admit(int call, TenantQuotas quotas) => _load.Admit(Call(call), Number, quotas, null, Noon);

    private Quota? Dial(string request, TenantQuotas quotas, int seconds) =>
        _load.AdmitDial(request, Number, quotas, null, Noon.AddSeconds(seconds));
}
