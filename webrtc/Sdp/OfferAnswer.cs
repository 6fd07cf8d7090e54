namespace GoTo.WebRtc.Sdp;

/// <summary>
/// Offer/answer (RFC 3264, RFC 9429 section 5) for audio over one bundled transport: pure functions over descriptions.
/// </summary>
internal static partial class OfferAnswer
{
    /// <summary>
    /// Makes an offer. The lines of <paramref name="previous"/> keep their order and mids; new lines (no mid yet) follow
    /// in the given order and get mids.
    /// </summary>
    public static SessionDescription CreateOffer(
        LocalSession local, IReadOnlyList<LocalAudio> audio, NegotiatedSession? previous = null)
        => throw new NotSupportedException();

    /// <summary>Answers a remote offer.</summary>
    /// <param name="offer">The remote offer.</param>
    /// <param name="local">This side's session.</param>
    /// <param name="audio">
    /// This side's lines. A line with a mid belongs to the m-line of that mid; lines without take the first m-lines free.
    /// </param>
    /// <param name="create">Makes a line where the offer has more audio than <paramref name="audio"/>; called in order.</param>
    /// <param name="previous">The session so far, for a re-offer.</param>
    /// <exception cref="SdpException">The offer cannot be accepted.</exception>
    public static (SessionDescription Answer, NegotiatedSession Session) CreateAnswer(
        SessionDescription offer, LocalSession local, IReadOnlyList<LocalAudio> audio, Func<LocalAudio> create,
        NegotiatedSession? previous = null)
        => throw new NotSupportedException();

    /// <summary>Takes the remote answer to <paramref name="offer"/>, which <see cref="CreateOffer"/> made.</summary>
    /// <param name="offer">Our offer.</param>
    /// <param name="audio">The lines given to <see cref="CreateOffer"/>, in any order, with their mids set.</param>
    /// <param name="answer">The remote answer.</param>
    /// <param name="previous">The session so far, for a re-offer.</param>
    /// <exception cref="SdpException">The answer does not fit the offer.</exception>
    public static NegotiatedSession AcceptAnswer(
        SessionDescription offer, IReadOnlyList<LocalAudio> audio, SessionDescription answer,
        NegotiatedSession? previous = null)
        => throw new NotSupportedException();
}
