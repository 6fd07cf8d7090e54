using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace GoTo.Api.Tests;

/// <summary>Repeats, with the id of the first or another, and what is too old (decisions E2 and E16).</summary>
public sealed class EventFilterTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 16, 10, 30, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly ClockSkew _skew = new();
    private readonly EventFilter _filter;

    public EventFilterTests() => _filter = new EventFilter(_time, _skew);

    [Theory]
    [InlineData("call.ringing")]
    [InlineData("call.connected")]
    [InlineData("call.ended")]
    [InlineData("call.transferred")]
    public void What_happens_once_is_news_once_whatever_its_id_and_time(string type)
    {
        Assert.Equal(EventVerdict.Deliver, Judge(type, id: "e-1"));
        Assert.Equal(EventVerdict.Repeat, Judge(type, id: "e-1"));
        Assert.Equal(EventVerdict.Repeat, Judge(type, id: "e-2"));
        Assert.Equal(EventVerdict.Repeat, Judge(type, at: Start.AddSeconds(1)));
        Assert.Equal(EventVerdict.Deliver, Judge(type, id: "e-3", call: "other"));
    }

    [Theory]
    [InlineData("call.held", "")]
    [InlineData("call.resumed", "")]
    [InlineData("call.dtmf", ",\"digit\":\"5\"")]
    [InlineData("call.recording", ",\"status\":\"started\"")]
    [InlineData("call.ice_candidate", ",\"candidate\":\"candidate:1\"")]
    public void What_may_happen_again_is_a_repeat_only_at_the_same_moment(string type, string more)
    {
        Assert.Equal(EventVerdict.Deliver, Judge(type, id: "e-1", more: more));
        Assert.Equal(EventVerdict.Repeat, Judge(type, id: "e-2", more: more));
        Assert.Equal(EventVerdict.Deliver, Judge(type, id: "e-3", more: more, at: Start.AddMilliseconds(1)));
    }

    [Fact]
    public void Without_a_time_the_id_alone_decides()
    {
        Assert.Equal(EventVerdict.Deliver, Verdict("""{"id":"e-1","type":"call.dtmf","data":{"callId":"c","digit":"5"}}"""));
        Assert.Equal(EventVerdict.Deliver, Verdict("""{"id":"e-2","type":"call.dtmf","data":{"callId":"c","digit":"5"}}"""));
        Assert.Equal(EventVerdict.Repeat, Verdict("""{"id":"e-2","type":"call.dtmf","data":{"callId":"c","digit":"5"}}"""));
    }

    [Fact]
    public void Ringing_and_candidates_that_must_be_over_are_stale_and_ends_never_are()
    {
        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal(EventVerdict.Stale, Judge("call.ringing"));
        Assert.Equal(EventVerdict.Stale, Judge("call.ice_candidate", more: ",\"candidate\":\"candidate:1\""));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(EventVerdict.Deliver, Judge("call.ended"));
        Assert.Equal(EventVerdict.Deliver, Judge("call.transferred"));
        Assert.Equal(EventVerdict.Deliver, Judge("call.held"));
    }

    [Fact]
    public void A_clock_that_is_wrong_makes_nothing_stale()
    {
        // Ours is ten minutes fast; GoTo's replies say so.
        _skew.Observe(Start, _time.GetUtcNow() + TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal(EventVerdict.Deliver, Judge("call.ringing"));
        Assert.Equal(EventVerdict.Stale, Judge("call.ringing", call: "old", at: Start.AddSeconds(-61)));
    }

    [Fact]
    public void One_slow_reply_says_little_of_the_clock()
    {
        for (var i = 0; i < 5; i++)
            _skew.Observe(Start, Start.AddMilliseconds(500));
        _skew.Observe(Start, Start.AddMinutes(1));

        Assert.Equal(TimeSpan.Zero, _skew.Estimate);
    }

    [Fact]
    public void What_was_long_ago_is_forgotten()
    {
        Judge("call.ended");
        _time.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal(EventVerdict.Deliver, Judge("call.ended"));
    }

    private EventVerdict Judge(
        string type, string? id = null, string call = "c1", string more = "", DateTimeOffset? at = null) =>
        Verdict($"{{{(id is null ? "" : $"\"eventId\":\"{id}\",")}\"type\":\"{type}\",\"timestamp\":\"{at ?? Start:O}\","
            + $"\"data\":{{\"callId\":\"{call}\"{more}}}}}");

    private EventVerdict Verdict(string message) =>
        _filter.Judge(EventDecoder.Decode(Encoding.UTF8.GetBytes(message)));
}
