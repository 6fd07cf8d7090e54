namespace GoTo.WebRtc.Sdp;

internal static class SdpParser
{
    public static SessionDescription Parse(string text) => throw new NotSupportedException();
}
