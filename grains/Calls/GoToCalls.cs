using GoTo.Api;

namespace GoTo.Calls;

/// <summary>GoTo's words for a call, in ours.</summary>
internal static class GoToCalls
{
    /// <summary>GoTo answered 404.</summary>
    public static readonly UpstreamCall Unknown = new(false, "", false, false, false, EndReason.Unknown, null, TimeSpan.Zero);

    public static UpstreamCall Read(Api.CallSnapshot call) => new(
        Known: true,
        State: call.RawState ?? call.State?.ToString() ?? "",
        Connected: call.State is Api.CallState.Connected or Api.CallState.Held or Api.CallState.Muted or Api.CallState.Transferred,
        OnHold: call.State is Api.CallState.Held,
        Ended: call.State is Api.CallState.Ended || call.EndedAt is not null,
        EndReason: Read(call.EndReason ?? CallEndReason.Unknown),
        AnsweredAt: call.AnsweredAt,
        Talked: call.EndedAt - call.AnsweredAt is { Ticks: > 0 } talked ? talked : TimeSpan.Zero)
    {
        TransferTarget = call.State is Api.CallState.Transferred ? call.TransferTarget ?? "" : null,
    };

    /// <summary>The ring of a call that still rings, for when its event was lost; null when there is nothing to take up.</summary>
    public static CallCommand.Ring? ReadRing(Api.CallSnapshot call) =>
        call is { State: Api.CallState.Ringing or Api.CallState.Offering, Direction: not Api.CallDirection.Outbound }
            ? new CallCommand.Ring(call.From ?? "", call.To ?? "", call.LineId ?? "", null)
            : null;

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

    public static Api.HangUpReason ToGoTo(HangUpReason reason) => reason switch
    {
        HangUpReason.Busy => Api.HangUpReason.Busy,
        HangUpReason.Rejected => Api.HangUpReason.Rejected,
        _ => Api.HangUpReason.Normal,
    };
}
