using GoTo.WebRtc.Dtls;
using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Sdp;

namespace GoTo.WebRtc.Peer;

/// <summary>Offers and answers (RFC 9429). Each method works everything out before it changes anything.</summary>
internal sealed partial class PeerConnection
{
    // As many as an agent takes.
    private const int MaxEarlyCandidates = 50;

    private readonly ulong _sessionId;
    private readonly string _cname;
    private readonly List<string> _earlyCandidates = [];
    private ulong _sessionVersion;
    private NegotiatedSession? _session;
    private PendingOffer? _pendingOffer;

    public string CreateOffer(bool iceRestart)
    {
        if (_transceivers.Length == 0 && !WantsData)
            throw new InvalidOperationException(
                $"Peer {Name} has nothing to offer: add a transceiver or create a data channel first.");
        StartIce(IceRole.Controlling);
        if (iceRestart)
            OfferRestart();
        var own = _transceivers;
        var (offer, audio) = OfferAnswer.CreateOffer(
            DescribeSelf(_offered ?? Latest), Array.ConvertAll(own, Describe), _session);
        _pendingOffer = new PendingOffer(offer, audio, own);
        return offer.ToString();
    }

    public string AcceptOffer(string sdp)
    {
        var offer = SessionDescription.Parse(sdp);
        StartIce(IceRole.Controlled);
        var own = _transceivers;
        var created = new List<AudioTransceiver>();
        IceGeneration? restarted = null;
        SessionDescription answer;
        try
        {
            (answer, var session) = OfferAnswer.CreateAnswer(
                offer,
                DescribeSelf(Latest) with { Restarted = () => DescribeSelf(restarted = TakePrepared()) },
                Array.ConvertAll(own, Describe),
                () =>
                {
                    created.Add(NewTransceiver(TransceiverDirection.SendRecv, null, null));
                    return Describe(created[^1]);
                },
                _session);
            Apply(session, [.. own, .. created], restarted);
        }
        catch (SdpException)
        {
            restarted?.Close();
            throw;
        }
        finally
        {
            DropPrepared();
        }

        // An offer of ours that crossed this one is rolled back (RFC 9429 section 4.1.10.2).
        _pendingOffer = null;
        DropOfferedRestart();
        return answer.ToString();
    }

    public void AcceptAnswer(string sdp)
    {
        var pending = _pendingOffer ?? throw new InvalidOperationException(
            $"Peer {Name} has no offer outstanding: call CreateOffer before AcceptAnswer.");
        var answer = SessionDescription.Parse(sdp);
        var session = OfferAnswer.AcceptAnswer(pending.Offer, pending.Audio, answer, _session);
        RequireRestart(session);
        Apply(session, pending.Transceivers, _offered);
        if (session.Data is null)
            StopData("The remote side takes no data channels.");
        _pendingOffer = null;
        _offered = null;
    }

    public void AddRemoteCandidate(string candidate)
    {
        if (candidate.StartsWith("a=", StringComparison.Ordinal))
            candidate = candidate[2..];
        if (_current is null || IsOfComingRestart(candidate))
        {
            if (_earlyCandidates.Count < MaxEarlyCandidates)
                _earlyCandidates.Add(candidate);
            return;
        }

        var result = Latest.Agent.AddRemoteCandidate(candidate);
        if (result is not (IceCandidateResult.Accepted or IceCandidateResult.Duplicate))
            _logger.CandidateNotUsed(Name, result);
    }

    private LocalAudio Describe(AudioTransceiver transceiver) => new()
    {
        Mid = transceiver.Mid,
        Direction = transceiver.Direction,
        Ssrc = transceiver.Sender.Ssrc,
        StreamId = transceiver.StreamId,
        TrackId = transceiver.TrackId,
        Codecs = UsableCodecs,
    };

    private IReadOnlyList<AudioCodec> UsableCodecs => OpusEncoder.IsAvailable
        ? _options.Codecs
        : [.. _options.Codecs.Where(codec => codec == AudioCodec.Opus)];

    private LocalSession DescribeSelf(IceGeneration generation)
    {
        var ice = generation.Agent;
        var fingerprint = _factory.Dtls.Identity.Fingerprint;
        var space = fingerprint.IndexOf(' ', StringComparison.Ordinal);
        return new LocalSession
        {
            SessionId = _sessionId,
            SessionVersion = ++_sessionVersion,
            IceUfrag = ice.LocalUfrag,
            IcePassword = ice.LocalPassword,
            Fingerprint = new SdpFingerprint(fingerprint[..space], fingerprint[(space + 1)..]),
            Candidates = [.. generation.Candidates.Select(candidate => candidate.ToString())],
            EndOfCandidates = !generation.IsGathering,
            IceLite = _options.IceLite,
            AnswerSetup = _options.AnswerRole == DtlsRole.Server ? SetupRole.Passive : SetupRole.Active,
            Codecs = UsableCodecs,
            DataChannels = WantsData,
            Cname = _cname,
        };
    }

    private void StartIce(IceRole role)
    {
        if (_current is not null)
            return;
        var port = Shard.LocalEndPoint.Port;
        if (_options.OwnPort ?? role == IceRole.Controlling)
        {
            (Socket, var local) = Shard.OpenSocket();
            port = local.Port;
        }

        Hosts = [.. _factory.Options.CandidateAddresses.Select(address => TransportAddress.From(address, port))];
        _current = NewGeneration(role);
        Shard.Add(this, Ice!.LocalUfrag);
        _current.Gather();
        TakeEarlyCandidates();
    }

    private void TakeEarlyCandidates()
    {
        var candidates = _earlyCandidates.ToArray();
        _earlyCandidates.Clear();
        foreach (var candidate in candidates)
            AddRemoteCandidate(candidate);
    }

    /// <param name="session">What was agreed.</param>
    /// <param name="transceivers">Those that it is about.</param>
    /// <param name="restarted">The ICE of our description, if it restarts.</param>
    private void Apply(NegotiatedSession session, AudioTransceiver[] transceivers, IceGeneration? restarted)
    {
        if (_options.IceLite && session.RemoteIceLite)
            throw new SdpException(
                SdpError.BothIceLite, "both sides are ice-lite; make a peer without PeerOptions.IceLite for this one");
        var fingerprints = session.RemoteFingerprints.Select(fingerprint => fingerprint.ToString());
        if (!DtlsFingerprints.TryParse(fingerprints, out var remote, out var error))
            throw new SdpException(SdpError.NoFingerprint, error);

        ApplyLines(session, transceivers);
        ApplyData(session.Data);
        var isFirst = _session is null;
        _session = session;
        if (isFirst)
        {
            _negotiatedAt = Shard.Now;
            _connectBy = Shard.Now + ConnectPatience;
            PrepareDtls(session.LocalSetup == SetupRole.Active ? DtlsRole.Client : DtlsRole.Server, remote);
            Ice!.SetRemoteCredentials(session.RemoteIceUfrag, session.RemoteIcePassword, session.RemoteIceLite);
            Enter(PeerState.Connecting);
        }
        else if (restarted is not null)
        {
            BeginRestart(restarted, session);
        }

        TakeEarlyCandidates();
        foreach (var candidate in session.RemoteCandidates)
            AddRemoteCandidate(candidate);
        if (session.RemoteEndOfCandidates)
            Latest.Agent.EndOfRemoteCandidates();
        // The checks that are due now go out with this turn of the shard.
        Latest.Agent.Tick(Shard.Now);
        AfterIce();
    }

    private void ApplyLines(NegotiatedSession session, AudioTransceiver[] transceivers)
    {
        var inOrder = new List<AudioTransceiver>();
        foreach (var media in session.Media)
        {
            if (media.Local is not { } local)
                continue;
            var transceiver = Array.Find(transceivers, t => t.Sender.Ssrc == local.Ssrc)!;
            transceiver.Line = new MediaLine(media);
            transceiver.Sender.Stream.OnNegotiated(_factory.Entropy);
            inOrder.Add(transceiver);
        }

        foreach (var transceiver in transceivers)
        {
            // Rejected, or removed: nothing flows on it until an m-line takes it again.
            if (transceiver.Line is not null && !inOrder.Contains(transceiver))
                transceiver.Line = null;
        }

        lock (_transceiversLock)
        {
            // Those that were added meanwhile, by another thread, or are in no m-line, come last.
            _transceivers = [.. inOrder, .. _transceivers.Except(inOrder)];
        }

        _sources.OnNegotiated(inOrder);
    }

    /// <summary>An offer of ours that has no answer yet.</summary>
    private sealed record PendingOffer(
        SessionDescription Offer, IReadOnlyList<LocalAudio> Audio, AudioTransceiver[] Transceivers);
}
