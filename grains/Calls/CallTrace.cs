using System.Diagnostics;

namespace GoTo.Calls;

/// <summary>
/// One trace a call: it begins with <c>call.ringing</c>, and every effect is a span of it, wherever the call's grain is
/// by then. The trace's context is kept in the journal.
/// </summary>
internal static class CallTrace
{
    private static readonly ActivitySource Source = new("GoTo.Calls");

    /// <summary>A phone rings. Its parent is the delivery of the event, which begins the trace.</summary>
    public static Activity? Ringing(CallKey key) =>
        Source.StartActivity("call ringing", ActivityKind.Consumer)?.SetTag("goto.call", key.ToString());

    /// <summary>We placed a call.</summary>
    public static Activity? Dialing(CallKey key) =>
        Source.StartActivity("call dialing", ActivityKind.Producer)?.SetTag("goto.call", key.ToString());

    /// <summary>Something the cluster does for the call.</summary>
    public static Activity? Effect(CallEffect effect, CallKey key, string? traceParent)
    {
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent);
        return Source.StartActivity($"call {effect}", ActivityKind.Internal, parent)?.SetTag("goto.call", key.ToString());
    }
}
