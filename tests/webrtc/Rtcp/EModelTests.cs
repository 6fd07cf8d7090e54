using GoTo.WebRtc.Rtcp;
using Xunit;

namespace GoTo.WebRtc.Tests.Rtcp;

public sealed class EModelTests
{
    // ITU-T G.107, annex B, table B.1: the lower limit of each class of satisfaction, as rounded there.
    [Theory]
    [InlineData(90, 4.34)]
    [InlineData(80, 4.03)]
    [InlineData(70, 3.60)]
    [InlineData(60, 3.10)]
    [InlineData(50, 2.58)]
    [InlineData(0, 1)]
    [InlineData(100, 4.5)]
    public void An_opinion_is_that_of_the_standards_table(double rating, double opinion) =>
        Assert.Equal(opinion, EModel.MeanOpinion(rating), 0.01);

    [Fact]
    public void A_perfect_connection_has_the_standards_default_rating()
    {
        var rating = EModel.Rating(0, TimeSpan.Zero, TimeSpan.Zero);
        Assert.Equal(93.2, rating);
        Assert.Equal(4.41, EModel.MeanOpinion(rating), 0.01);
    }

    // Idd by hand: at 200 ms x = 1, at 400 ms x = 2.
    [Theory]
    [InlineData(100, 0)]
    [InlineData(200, 3.04)]
    [InlineData(400, 24.07)]
    public void Delay_costs_what_the_formula_says(int milliseconds, double impairment) =>
        Assert.Equal(impairment, EModel.DelayImpairment(TimeSpan.FromMilliseconds(milliseconds)), 0.01);

    [Fact]
    public void More_loss_delay_or_jitter_is_never_better_and_half_the_packets_are_no_conversation()
    {
        var before = double.MaxValue;
        for (var loss = 0.0; loss <= 1; loss += 0.01)
        {
            var rating = EModel.Rating(loss, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(5));
            Assert.True(rating < before);
            before = rating;
        }

        Assert.InRange(EModel.MeanOpinion(EModel.Rating(0.5, TimeSpan.Zero, TimeSpan.Zero)), 1, 2);
        Assert.True(EModel.Rating(0, TimeSpan.FromSeconds(1), default) < EModel.Rating(0, TimeSpan.Zero, default));
        Assert.True(
            EModel.Rating(0, default, TimeSpan.FromMilliseconds(200)) < EModel.Rating(0, default, default));
    }

    [Fact]
    public void A_call_has_the_mean_of_its_intervals()
    {
        var meter = new QualityMeter();
        Assert.Null(meter.Quality);
        meter.Add(0, TimeSpan.FromMilliseconds(20), TimeSpan.Zero);
        meter.Add(0.2, TimeSpan.FromMilliseconds(20), TimeSpan.Zero);
        var quality = meter.Quality!.Value;
        Assert.InRange(quality.Mos, 2.5, 2.8);
        Assert.InRange(quality.CallMos, 3.6, 4.0);
    }
}
