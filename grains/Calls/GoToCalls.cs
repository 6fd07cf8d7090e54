using GoTo.Api;

namespace GoTo.Calls;

/// <summary>GoTo's words for a call, in ours.</summary>
internal static class GoToCalls
{
    /// <summary>GoTo answered 404.</summary>
    public static readonly UpstreamCall Unknown = new(false, "", false, false, EndReason.Unknown, null);

    public static UpstreamCall Read(Api.CallSnapshot call) => new(
        Known: true,
        State: call.RawState ?? call.State?.ToString() ?? "",
        Connected: call.State is Api.CallState.Connected or Api.CallState.Held or Api.CallState.Muted,
        Ended: call.State is Api.CallState.Ended || call.EndedAt is not null,
        EndReason: Read(call.EndReason ?? CallEndReason.Unknown),
        AnsweredAt: call.AnsweredAt);

    public static EndReason Read(CallEndReason reason) => reason switch
    {
        CallEndReason.RemoteHangup => EndReason.RemoteHangUp,
        CallEndReason.LocalHangup => EndReason.LocalHangUp,
        CallEndReason.Transfer => EndReason.Transfer,
        CallEndReason.Timeout => EndReason.Timeout,
        CallEndReason.Error => EndReason.Error,
        CallEndReason.Busy => EndReason.Busy,
        CallEndReason.NoAnswer => EndReason.NoAnswer,
        CallEndReason.Rejected => EndReason.Rejected,
        _ => EndReason.Unknown,
    };
}
