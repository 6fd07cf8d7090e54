namespace GoTo.WebRtc.Sdp;

/// <content>The section of the data channels (RFC 8841), which shares the transport of the audio.</content>
internal static partial class OfferAnswer
{
    private const string DataKind = "application";

    /// <summary>The port that both sides of an association over DTLS use, when nothing else is said.</summary>
    private const ushort DefaultSctpPort = 5000;

    // What a peer takes that does not say (RFC 8841 section 6.1).
    private const int DefaultMaxMessage = 64 * 1024;

    private static MediaDescription DataSection(LocalSession local, string? mid, SetupRole setup) => new()
    {
        Kind = DataKind,
        Protocol = "UDP/DTLS/SCTP",
        Formats = [MediaDescription.DataChannelFormat],
        Mid = mid,
        Transport = new TransportDescription
        {
            IceUfrag = local.IceUfrag,
            IcePassword = local.IcePassword,
            Fingerprints = [local.Fingerprint],
            Setup = setup,
        },
        SctpPort = DefaultSctpPort,
        MaxMessageSize = Sctp.SctpReceiver.MaxMessage,
    };

    private static NegotiatedMedia AcceptedData(MediaDescription section, int index, string mid) => new()
    {
        Index = index,
        Kind = section.Kind,
        Protocol = section.Protocol,
        FirstFormat = section.Formats[0],
        Mid = mid,
        Accepted = true,
        Data = new NegotiatedData(
            DefaultSctpPort,
            section.SctpPort ?? DefaultSctpPort,
            // 0 is "any size"; more than we keep is never sent.
            (int)Math.Min(
                section.MaxMessageSize switch { null => DefaultMaxMessage, 0 => int.MaxValue, var size => size.Value },
                Sctp.SctpReceiver.MaxMessage)),
    };

    private static NegotiatedMedia TakenData(MediaDescription offered, MediaDescription section, int index)
        => section.IsData
            ? AcceptedData(section, index, offered.Mid!)
            : throw new SdpException(
                SdpError.AnswerMismatch,
                $"the answer to data channels has to be {offered.Protocol} {MediaDescription.DataChannelFormat}",
                section.Line);
}
