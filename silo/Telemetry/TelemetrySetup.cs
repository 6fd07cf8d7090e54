using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace GoTo.Silo.Telemetry;

internal static class TelemetrySetup
{
    /// <summary>
    /// Traces, metrics and logs: one trace a call, from <c>call.ringing</c> to the end, with every request to GoTo and LiveKit
    /// in it; call records and the audit trail are log entries of category <c>GoTo.Records</c>. Exported by OTLP when
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says where to. Unless somebody exports them, nothing is recorded: a span costs
    /// time whether it is looked at or not.
    /// </summary>
    public static WebApplicationBuilder AddGoToTelemetry(this WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("orleans-goto"));
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing
            .AddSource("GoTo.Calls", "Microsoft.Orleans.Application", "Microsoft.Orleans.Lifecycle", "Microsoft.Orleans.Storage")
            .AddHttpClientInstrumentation());
        builder.Services.ConfigureOpenTelemetryMeterProvider(metrics => metrics
            .AddMeter("GoTo.Calls", "GoTo.Api", "GoTo.WebRtc", "Microsoft.Orleans")
            .AddHttpClientInstrumentation());
        if (!string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            telemetry.WithTracing(tracing => tracing.AddOtlpExporter());
            telemetry.WithMetrics(metrics => metrics.AddOtlpExporter());
            telemetry.WithLogging(logging => logging.AddOtlpExporter());
        }
        return builder;
    }
}
