namespace GoTo.Simulator.Cloud;

/// <summary>What is heard of the cloud itself, where it has a media engine: far ends that it plays, and music on hold.</summary>
internal sealed partial class CloudCalls
{
    /// <summary>What callers have left at voice mailboxes.</summary>
    public VoicemailBox Voicemail { get; } = new();

    /// <summary>The phone of a far end that the cloud plays; null where it is not heard.</summary>
    private FarEndPhone? PlayedPhone(FarEnd does)
    {
        if (engine is null)
            return null;
        var phone = new FarEndPhone(does, this, engine, Voicemail);
        _ = phone.Run(stopping);
        return phone;
    }

    /// <summary>A call's phone is connected with a mailbox until it hangs up; what it says there is the call's message.</summary>
    private void JoinMailbox(Entry entry)
    {
        if (entry.Phone is not (null or FarEndPhone) && PlayedPhone(FarEnd.Voicemail) is { } mailbox)
            Join(new Entry(entry.Call, mailbox), entry);
    }

    /// <summary>A phone on hold hears music; a far end of the cloud's listens to nothing.</summary>
    private void BeginMusic(Entry entry)
    {
        if (engine is null || entry is not { Phone: { } phone and not FarEndPhone, Music: null })
            return;
        var music = entry.Music = new HoldMusic(engine, ids.New("bridge"));
        var bridge = Message("bridge", entry.Call);
        bridge["bridge"] = music.Bridge;
        bridge["offer"] = false;
        phone.Tell(bridge);
        _ = music.Begin(sdp =>
        {
            var offer = Message("bridge-offer", entry.Call);
            offer["bridge"] = music.Bridge;
            offer["sdp"] = sdp;
            lock (_gate)
            {
                if (entry.Music == music)
                    phone.Tell(offer);
            }
        });
    }

    private static void EndMusic(Entry entry)
    {
        if (entry.Music is not { } music)
            return;
        entry.Music = null;
        music.End();
        var message = Message("unbridge", entry.Call);
        message["bridge"] = music.Bridge;
        entry.Phone?.Tell(message);
    }

    private HoldMusic? MusicOf(IPhone phone, string bridgeId) => _calls.Values
        .FirstOrDefault(entry => ReferenceEquals(entry.Phone, phone) && entry.Music?.Bridge == bridgeId)?.Music;
}
