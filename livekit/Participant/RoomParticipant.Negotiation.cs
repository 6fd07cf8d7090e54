using GoTo.LiveKit.Protocol;
using GoTo.WebRtc;

namespace GoTo.LiveKit;

/// <content>Offers, answers and candidates: ours one at a time, and over <c>/rtc</c> the server's for what we receive.</content>
public sealed partial class RoomParticipant
{
    private async ValueTask TakeAnswer(SessionDescription answer, SignalSocket socket)
    {
        var session = _session;
        if (!session.OfferOutstanding || (answer.Id != 0 && answer.Id != session.OfferId))
        {
            _logger.StaleAnswer(_options.Name, answer.Id, session.OfferId);
            return;
        }
        await session.Peer.AcceptAnswer(answer.Sdp).ConfigureAwait(false);
        session.OfferOutstanding = false;
        if (session.Subscriber is null)
        {
            session.LastAnswer = answer;
            session.Subscriptions.Negotiated(
                session.Peer.Transceivers.Where(line => line != session.Microphone), answer.MidToTrackId.AsReadOnly());
            TellOfSubscriptions();
        }
        await OfferIfWanted(socket).ConfigureAwait(false);
    }

    /// <summary>Answers the server's offer of what we receive on.</summary>
    private async ValueTask TakeOffer(SessionDescription offer, RtcPeer subscriber, SignalSocket socket)
    {
        // Lines that are new are ours to receive on, whatever else the server would take.
        var lines = offer.Sdp.Split("\nm=audio ").Length - 1;
        for (var i = subscriber.Transceivers.Count; i < lines; i++)
            subscriber.AddTransceiver(TransceiverDirection.RecvOnly);
        var sdp = await subscriber.AcceptOffer(offer.Sdp).ConfigureAwait(false);
        _session.LastAnswer = new SessionDescription { Type = "answer", Sdp = sdp, Id = offer.Id };
        await socket.Send(new SignalRequest { Answer = _session.LastAnswer }).ConfigureAwait(false);
        _session.Subscriptions.Negotiated(subscriber.Transceivers, offer.MidToTrackId.AsReadOnly());
        TellOfSubscriptions();
    }

    // One offer at a time, each with a new id: a re-offer that raced an answer and repeated its id went deaf.
    private async ValueTask OfferIfWanted(SignalSocket socket)
    {
        var session = _session;
        if (!session.OfferWanted || session.OfferOutstanding)
            return;
        session.OfferWanted = false;
        var sdp = await session.Peer.CreateOffer(iceRestart: session.RestartWanted).ConfigureAwait(false);
        session.RestartWanted = false;
        session.OfferOutstanding = true;
        session.LastOffer = new SessionDescription { Type = "offer", Sdp = sdp, Id = ++session.OfferId };
        await socket.Send(new SignalRequest { Offer = session.LastOffer }).ConfigureAwait(false);
    }

    private static TrickleRequest Trickle(SignalTarget target, string candidate) => new()
    {
        CandidateInit = TrickleCandidate.Write(candidate),
        Target = target,
        Final = candidate.Length == 0,
    };
}
