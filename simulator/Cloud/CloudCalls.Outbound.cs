using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// Outbound calls (specification section 4.2.2): to phones that have registered their number, which offer the media, or
/// answer the caller's offer, and decide for themselves, and to numbers whose far end the cloud plays without media.
/// </summary>
internal sealed partial class CloudCalls
{
    private readonly Dictionary<string, IPhone> _phones = [];

    /// <summary>What the far ends do that the cloud plays.</summary>
    public FarEnds FarEnds { get; } = new();

    private readonly Dictionary<(string AccountKey, string Key), string> _placed = [];

    /// <summary>From now on calls to the number ring this phone.</summary>
    public void Register(string number, IPhone phone)
    {
        lock (_gate)
        {
            if (!_phones.TryAdd(number, phone) && !ReferenceEquals(_phones[number], phone))
                throw CloudRefusal.Conflict("NUMBER_TAKEN", "Another phone has registered this number.");
        }
    }

    public void Unregister(IPhone phone)
    {
        lock (_gate)
        {
            foreach (var number in _phones.Where(pair => ReferenceEquals(pair.Value, phone)).Select(pair => pair.Key)
                .ToArray())
            {
                _phones.Remove(number);
            }
        }
    }

    /// <summary>
    /// Places a call, with the caller's offer in the public API; one with an idempotency key that was seen already is not
    /// placed again.
    /// </summary>
    public async Task<JsonObject> Place(
        CloudAccount account, CloudDialString to, string? callerId, string lineId, string idempotencyKey,
        string? sdpOffer = null)
    {
        var line = account.Lines.FirstOrDefault(known => known.Id == lineId)
            ?? throw CloudRefusal.NotFound("LINE_NOT_FOUND", "There is no such line.");
        if (callerId is not null && CloudDialString.Parse(callerId).Scheme != "tel")
            throw CloudRefusal.BadRequest("'callerId' must be a number in E.164.", "INVALID_CALLER_ID");
        CheckReachable(account, to);
        if (sdpOffer is not null)
            CheckSdp(sdpOffer, "sdp");
        Entry entry;
        lock (_gate)
        {
            if (idempotencyKey.Length > 0 && _placed.TryGetValue((account.Key, idempotencyKey), out var known))
                return Find(account, known).Call.ToJson();
            entry = StartDialing(account, line, to, callerId ?? line.Numbers.FirstOrDefault(""), sdpOffer);
            if (idempotencyKey.Length > 0)
                _placed[(account.Key, idempotencyKey)] = entry.Call.Id;
        }

        await entry.FarEndDescribed.Task;
        lock (_gate)
            return entry.Call.ToJson();
    }

    /// <summary>A phone that rings offers its media.</summary>
    public void Offer(string callId, string? sdp)
    {
        CheckSdp(sdp, "sdp");
        lock (_gate)
        {
            var entry = Find(callId);
            entry.Call.Require(CallPhase.Dialing);
            if (entry.Call.ClientOffers)
                throw CloudRefusal.Conflict("OFFERED_ALREADY", "The caller has offered: answer the offer that came with 'ring'.");
            entry.Path ??= network.NewPath();
            var offer = OfTelephone(sdp!);
            entry.Call.SdpOffer ??= entry.Path?.OfPhone(offer) ?? offer;
            AwaitMedia(entry);
            entry.FarEndDescribed.TrySetResult();
        }
    }

    /// <summary>A phone that rings answers the caller's offer; whether it takes the call is another matter.</summary>
    public void AnswerMedia(string callId, string? sdp)
    {
        CheckSdp(sdp, "sdp");
        lock (_gate)
        {
            var entry = Find(callId);
            if (!entry.Call.ClientOffers)
                throw CloudRefusal.Conflict("NOT_OFFERED", "The caller waits for this phone's offer.");
            Describe(entry, entry.Path?.OfPhone(sdp!) ?? sdp!);
        }
    }

    /// <summary>A phone that rings is answered.</summary>
    public void AnswerFarEnd(string callId)
    {
        lock (_gate)
        {
            var entry = Find(callId);
            var now = time.GetUtcNow();
            if (entry.Call.AnswerFarEnd(now))
                Connected(entry, now);
        }
    }

    /// <summary>A phone that rings refuses the call.</summary>
    public void RejectFarEnd(string callId, string? reason)
    {
        if (reason is not (null or "busy" or "rejected"))
            throw CloudRefusal.BadRequest("'reason' must be busy or rejected.");
        lock (_gate)
        {
            var entry = Find(callId);
            entry.Call.Require(CallPhase.Dialing);
            End(entry, reason ?? "rejected");
        }
    }

    private Entry StartDialing(
        CloudAccount account, CloudLine line, CloudDialString to, string from, string? sdpOffer)
    {
        var call = new CloudCall(
            ids.New("call"), account, line, outbound: true, from, to.Shown, time.GetUtcNow())
        {
            ClientOffers = sdpOffer is not null, SdpOffer = sdpOffer,
        };
        var registered = PhoneAt(account, to);
        FarEnd? played = registered is null ? FarEnds.Of(to) : IsTalking(registered) ? FarEnd.Busy : null;
        var phone = played is { } does ? PlayedPhone(does) : registered;
        var entry = new Entry(call, phone);
        _calls[call.Id] = entry;
        log.CallDialing(call.Id, line.Id);
        After(entry, options.NoAnswerTimeout, () => End(entry, "no_answer"));
        if (phone is null)
            DescribeNobody(entry);
        else
            Ring(entry, phone);
        if (played is { } known)
            Play(entry, known);
        return entry;
    }

    private bool IsTalking(IPhone phone) => IsTalkingWithoutUs(phone)
        || _calls.Values.Any(other => ReferenceEquals(other.Phone, phone) && other.Call.Phase != CallPhase.Ended);

    /// <summary>A phone rings, and is asked for its side of the media.</summary>
    private void Ring(Entry entry, IPhone phone)
    {
        var call = entry.Call;
        After(entry, options.PhoneOfferTimeout, () =>
        {
            if (!entry.FarEndDescribed.Task.IsCompleted)
                End(entry, "error");
        });
        var ring = Message("ring", call);
        ring["from"] = call.From;
        ring["to"] = call.To;
        if (call.ClientOffers)
        {
            entry.Path = network.NewPath();
            var offer = OfTelephone(call.SdpOffer!);
            ring["sdp"] = entry.Path?.OfUs(offer) ?? offer;
        }

        phone.Tell(ring);
    }

    /// <summary>What is left of an SDP offer where telephone quality is wanted.</summary>
    private string OfTelephone(string sdp) => options.Narrowband ? CloudSdp.Narrow(sdp) : sdp;

    /// <summary>The far end is well described, and nobody is behind it.</summary>
    private void DescribeNobody(Entry entry)
    {
        if (entry.Call.ClientOffers)
        {
            Describe(entry, CloudSdp.Answer(entry.Call.Id, entry.Call.SdpOffer!));
            return;
        }

        entry.Call.SdpOffer = CloudSdp.Offer(entry.Call.Id);
        entry.FarEndDescribed.TrySetResult();
        AwaitMedia(entry);
    }

    /// <summary>The far end's answer to the caller's offer.</summary>
    private void Describe(Entry entry, string sdpAnswer)
    {
        entry.Call.RequireUnanswered();
        var now = time.GetUtcNow();
        if (entry.Call.Answer(sdpAnswer, now))
            Connected(entry, now);
        entry.FarEndDescribed.TrySetResult();
    }

    private void AwaitMedia(Entry entry) => After(entry, options.MediaAnswerTimeout, () =>
    {
        if (entry.Call.SdpAnswer is null)
            End(entry, "error");
    });

    /// <summary>The cloud plays the far end.</summary>
    private void Play(Entry entry, FarEnd farEnd)
    {
        var callId = entry.Call.Id;
        entry.FarEnd = farEnd;
        switch (farEnd)
        {
            case FarEnd.AnswersLater:
                After(entry, options.FarEndRings, () => AnswerFarEnd(callId));
                break;
            case FarEnd.Busy:
                // Whoever is heard is heard for a while.
                After(entry, entry.Phone is null ? options.FarEndDecides : options.BusyTone, () => End(entry, "busy"));
                break;
            case FarEnd.Rejects:
                After(entry, options.FarEndDecides, () => End(entry, "rejected"));
                break;
            case FarEnd.CarrierError:
                After(entry, options.FarEndDecides, () => End(entry, "error"));
                break;
            case FarEnd.NoAnswer:
                break;
            default:
                AnswerFarEnd(callId);
                break;
        }
    }

    /// <summary>What a far end does once it talks to us.</summary>
    private void PlayConnected(Entry entry, DateTimeOffset now)
    {
        if (entry.FarEnd == FarEnd.AnswersAndDrops)
            After(entry, options.FarEndDecides, () => End(entry, "caller_hangup"));
        else if (entry.FarEnd == FarEnd.SendsDtmf)
        {
            foreach (var digit in FarEnds.Keys)
                channels.Publish(CloudEvents.Dtmf(entry.Call, digit.ToString(), 120, now));
        }
    }

    private void CheckReachable(CloudAccount account, CloudDialString to)
    {
        if (to.Scheme is "ext" or "voicemail" && account.Lines.All(line => line.Extension != to.Address))
            throw CloudRefusal.NotFound("EXTENSION_NOT_FOUND", "No line has this extension.");
        if (FarEnds.Of(to) == FarEnd.Invalid)
            throw CloudRefusal.BadRequest("There is no such number.", "INVALID_NUMBER");
    }

    /// <summary>The phone that a dial string rings: by number, by extension, or by a number of its line.</summary>
    private IPhone? PhoneAt(CloudAccount account, CloudDialString to)
    {
        if (to.Scheme is not ("tel" or "ext"))
            return null;
        if (_phones.TryGetValue(to.Address, out var phone) || to.Scheme == "tel")
            return phone;
        return account.Lines.Where(line => line.Extension == to.Address)
            .SelectMany(line => line.Numbers)
            .Select(number => _phones.GetValueOrDefault(number))
            .FirstOrDefault(found => found is not null);
    }
}
