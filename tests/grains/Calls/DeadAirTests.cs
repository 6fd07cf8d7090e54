using GoTo.Calls;
using GoTo.Numbers;

namespace GoTo.Grains.Tests.Calls;

public sealed class DeadAirTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 16, 12, 0, 0, TimeSpan.Zero);
    private static readonly Connected Connected = new(null);
    private static readonly AudioStarted Agent = new(AudioDirection.FromAgent);
    private static readonly Ended Ended = new(EndReason.RemoteHangUp, TimeSpan.Zero);

    [Fact]
    public void A_call_whose_agent_is_heard_first_has_none() => Assert.Equal(TimeSpan.Zero, After((Agent, 1), (Connected, 2), (Ended, 9)));

    [Fact]
    public void An_agent_that_speaks_later_ends_it() => Assert.Equal(TimeSpan.FromSeconds(3), After((Connected, 2), (Agent, 5), (Ended, 9)));

    [Fact]
    public void A_call_that_is_passed_on_has_it_until_then() => Assert.Equal(
        TimeSpan.FromSeconds(4), After((Connected, 2), (new Transferred("ext:1001"), 6), (Ended, 9)));

    [Fact]
    public void A_caller_who_hears_nobody_has_it_to_the_end() => Assert.Equal(TimeSpan.FromSeconds(7), After((Connected, 2), (Ended, 9)));

    [Fact]
    public void A_call_that_nobody_answers_has_no_answer_to_measure_from() => Assert.Null(After((Ended, 9)));

    [Fact]
    public void A_phone_that_somebody_else_took_is_none_of_ours() => Assert.Null(Of(Number, (Connected, 2), (Ended, 9)));

    [Fact]
    public void After_a_greeting_it_is_measured_from_the_greetings_end() =>
        Assert.Equal(TimeSpan.FromSeconds(3), AfterGreeting((Connected, 2), (new Greeted(), 5), (Agent, 8), (Ended, 9)));

    [Fact]
    public void A_call_whose_agent_is_there_before_the_greeting_is_over_has_none() =>
        Assert.Equal(TimeSpan.Zero, AfterGreeting((Connected, 2), (Agent, 4), (new Greeted(), 5), (Ended, 9)));

    [Fact]
    public void A_call_that_ends_within_the_greeting_has_none() => Assert.Equal(TimeSpan.Zero, AfterGreeting((Connected, 2), (Ended, 4)));

    [Fact]
    public void A_greeting_whose_silo_was_lost_has_no_end_to_measure_from() =>
        Assert.Null(AfterGreeting((Connected, 2), (new MediaFailed("silo"), 4), (Ended, 9)));

    private static readonly NumberRegistration Number = new("acme", "agent");

    private static TimeSpan? After(params (CallEvent Happened, int Second)[] story) => Of(Number, [(new AnswerIntended(), 0), .. story]);

    private static TimeSpan? AfterGreeting(params (CallEvent Happened, int Second)[] story) =>
        Of(Number with { EarlyGreeting = "welcome" }, [(new AnswerIntended(), 0), .. story]);

    private static TimeSpan? Of(NumberRegistration registration, params (CallEvent Happened, int Second)[] story)
    {
        (CallEvent Happened, int Second)[] whole =
        [
            (new Rang("+15551234567", "+15559876543", "line_1", null), 0),
            (new NumberResolved("acme", "agent", TimeSpan.FromSeconds(10)) { Registration = registration }, 0),
            .. story,
        ];
        return whole.Aggregate(new CallState(), (state, step) => state.Apply(new CallJournalEntry(state.Version + 1, Noon.AddSeconds(step.Second), step.Happened))).DeadAir;
    }
}
