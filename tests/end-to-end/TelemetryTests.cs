using System.Diagnostics;
using GoTo.Calls;
using GoTo.Client;
using GoTo.Silo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace GoTo.EndToEnd.Tests;

/// <summary>What an operator sees of a call: one trace, and figures that count it.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public async Task A_call_is_one_trace_with_its_requests_to_GoTo_and_LiveKit_and_is_counted()
    {
        await using var world = await World.Start();
        var (spans, metrics) = (new List<Activity>(), new List<MetricSnapshot>());
        CallKey call;
        await using (var silo = GoToSilo.Create(["--urls", "http://127.0.0.1:0"], builder => Observe(builder, world, spans, metrics)))
        {
            await silo.StartAsync(TestContext.Current.CancellationToken);
            var goTo = silo.Services.GetRequiredService<IGoTo>();
            await Until.True(
                async () => (await goTo.Channel(World.Account)).Connected, TimeSpan.FromSeconds(30), "the event channel is connected");
            await using var phone = world.Dial(Speech.Short);
            call = await phone.Rings();
            await using var journal = new JournalReader(goTo.Calls, call);
            await phone.IsFlawless();
            await journal.ToEnd();
            await silo.StopAsync(TestContext.Current.CancellationToken);
        }

        var ringing = Assert.Single(spans, span => span.DisplayName == "call ringing" && IsOf(span, call));
        var trace = spans.Where(span => span.TraceId == ringing.TraceId).ToList();
        Assert.Single(trace, span => span.ParentSpanId == default);
        Assert.All(spans.Where(span => IsOf(span, call)), span => Assert.Equal(ringing.TraceId, span.TraceId));
        Assert.Superset(
            new HashSet<string> { "call RouteNumber", "call OpenRoom", "call AwaitAgent", "call Answer" },
            trace.Select(span => span.DisplayName).ToHashSet());
        Assert.Single(trace, span => Url(span).EndsWith($"/web-calls/v1/calls/{call.CallId}/answer", StringComparison.Ordinal));
        Assert.Single(trace, span => Url(span).EndsWith("/twirp/livekit.RoomService/CreateRoom", StringComparison.Ordinal));
        Assert.Equal((1, 1, 0), (Count(metrics, "goto.calls.started"), Count(metrics, "goto.calls.ended"), Count(metrics, "goto.calls.live")));
    }

    private static void Observe(WebApplicationBuilder builder, World world, List<Activity> spans, List<MetricSnapshot> metrics)
    {
        builder.Configuration.AddInMemoryCollection(world.SiloSettings());
        builder.Services.AddGoToCalls();
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddInMemoryExporter(spans))
            .WithMetrics(measured => measured.AddInMemoryExporter(metrics));
    }

    private static bool IsOf(Activity span, CallKey call) => span.GetTagItem("goto.call") is string key && key == call.ToString();

    private static string Url(Activity span) => span.GetTagItem("url.full") as string ?? "";

    private static long Count(List<MetricSnapshot> metrics, string name)
    {
        var sum = 0L;
        foreach (var point in metrics.Last(metric => metric.Name == name).MetricPoints) sum += point.GetSumLong();
        return sum;
    }
}
