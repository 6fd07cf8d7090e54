namespace GoTo.Api.Tests;

public sealed class FairQueueTests
{
    [Fact]
    public void Tenants_take_turns_however_much_one_of_them_asks_for()
    {
        var queue = new FairQueue<string>();
        for (var i = 0; i < 6; i++)
            Add(queue, "greedy", i);
        Add(queue, "modest", 7);
        Add(queue, "modest", 8);

        Assert.Equal("greedy modest greedy modest greedy greedy greedy greedy", string.Join(' ', TakeAll(queue)));
    }

    [Fact]
    public void A_tenant_that_asked_for_nothing_saves_nothing_up()
    {
        var queue = new FairQueue<string>();
        for (var i = 0; i < 100; i++)
            queue.Charge(RequestPriority.Read, "busy");
        for (var i = 0; i < 3; i++)
        {
            Add(queue, "new", i);
            Add(queue, "busy", i);
        }

        Assert.Equal("new busy new busy new busy", string.Join(' ', TakeAll(queue)));
    }

    [Fact]
    public void Importance_comes_before_fairness_and_age_within_a_tenant()
    {
        var queue = new FairQueue<string>();
        Add(queue, "a", 5, name: "younger");
        Add(queue, "a", 1, name: "older");
        Add(queue, "a", 9, RequestPriority.Urgent, "urgent");

        Assert.Equal("urgent older younger", string.Join(' ', TakeAll(queue)));
    }

    [Fact]
    public void Who_hangs_up_more_often_than_others_has_no_less_of_the_rest()
    {
        var queue = new FairQueue<string>();
        for (var i = 0; i < 2; i++)
        {
            Add(queue, "a", i);
            Add(queue, "b", i);
        }

        for (var i = 0; i < 100; i++)
            queue.Charge(RequestPriority.Urgent, "a");

        Assert.Equal("a b a b", string.Join(' ', TakeAll(queue)));
    }

    [Fact]
    public void What_is_useless_goes()
    {
        var queue = new FairQueue<string>();
        Add(queue, "a", 1);
        queue.Add("late", RequestPriority.Read, "b", TimeSpan.Zero, TimeSpan.FromSeconds(2));

        Assert.Equal(TimeSpan.FromSeconds(2), queue.FirstUntil());
        Assert.Equal("late", Assert.Single(queue.RemoveWhere((_, until) => until <= TimeSpan.FromSeconds(2))));
        Assert.Equal("a", Assert.Single(TakeAll(queue)));
        Assert.Null(queue.FirstUntil());
    }

    private static void Add(
        FairQueue<string> queue, string tenant, int since, RequestPriority priority = RequestPriority.Read,
        string? name = null) =>
        queue.Add(name ?? tenant, priority, tenant, TimeSpan.FromSeconds(since), TimeSpan.FromHours(1));

    private static List<string> TakeAll(FairQueue<string> queue)
    {
        var taken = new List<string>();
        while (queue.TryPeek(out var next, out _))
        {
            queue.Dequeue();
            taken.Add(next);
        }

        return taken;
    }
}
