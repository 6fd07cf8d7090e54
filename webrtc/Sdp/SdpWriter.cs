namespace GoTo.WebRtc.Sdp;

internal static class SdpWriter
{
    public static string Write(SessionDescription description) => throw new NotSupportedException();
}
