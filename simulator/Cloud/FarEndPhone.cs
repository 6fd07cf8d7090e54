using System.Text.Json.Nodes;
using System.Threading.Channels;
using GoTo.WebRtc;

namespace GoTo.Simulator.Cloud;

/// <summary>
/// The phone of a far end that the cloud plays: it is told what any phone is told, and is heard. When the call is answered and when
/// it ends is not its own decision but its number's (<see cref="FarEnds"/>).
/// </summary>
internal sealed class FarEndPhone(FarEnd does, CloudCalls calls, RtcEngine engine, VoicemailBox voicemail) : IPhone
{
    /// <summary>The name of the line to whoever called; the others have the name of their bridge.</summary>
    private const string ToCaller = "caller";

    private readonly Channel<JsonObject> _told = Channel.CreateUnbounded<JsonObject>(
        new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<string, FarEndLine> _lines = new(StringComparer.Ordinal);

    public void Tell(JsonObject message) => _told.Writer.TryWrite(message);

    /// <summary>Obeys until its call is over.</summary>
    public async Task Run(CancellationToken stopping)
    {
        try
        {
            await foreach (var message in _told.Reader.ReadAllAsync(stopping))
            {
                try
                {
                    await Obey(message);
                }
                catch (Exception late) when (late is CloudRefusal or SdpException)
                {
                    // The call is over meanwhile, or its caller speaks no SDP that we know: the call's own timers see to it.
                }

                if (message.Text("type") == "ended")
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // The cloud stops.
        }
        finally
        {
            foreach (var line in _lines.Values)
                await line.Close();
        }
    }

    private async Task Obey(JsonObject message)
    {
        var (callId, bridge) = (message.Text("callId")!, message.Text("bridge") ?? "");
        switch (message.Text("type"))
        {
            case "ring" when message.Text("sdp") is { } offered:
                var answer = await Open(ToCaller).Answer(offered);
                calls.AnswerMedia(callId, answer);
                Wait();
                break;
            case "ring":
                var offer = await Open(ToCaller).Offer();
                calls.Offer(callId, offer);
                Wait();
                break;
            case "answer":
                await _lines[ToCaller].Accept(message.Text("sdp")!);
                break;
            case "connected":
                Talk(callId, _lines[ToCaller]);
                break;
            case "bridge" when message.Flag("offer"):
                calls.Signal(this, "bridge-offer", bridge, await Open(bridge).Offer());
                break;
            case "bridge-offer":
                calls.Signal(this, "bridge-answer", bridge, await Open(bridge).Answer(message.Text("sdp")!));
                break;
            case "bridge-answer":
                await _lines[bridge].Accept(message.Text("sdp")!);
                // A mailbox that was dialed has greeted already.
                if (does == FarEnd.Voicemail && !_lines.ContainsKey(ToCaller))
                    _ = Greet(callId, _lines[bridge]);
                break;
            case "transferred":
                await _lines[ToCaller].Close();
                break;
            case "unbridge" when _lines.Remove(bridge, out var left):
                await left.Close();
                break;
        }
    }

    /// <summary>What the caller hears until the call is answered, or is not.</summary>
    private void Wait()
    {
        var sound = does switch
        {
            FarEnd.AnswersLater or FarEnd.NoAnswer => FarEndSounds.Ringback,
            FarEnd.Busy => FarEndSounds.Busy,
            _ => null,
        };
        if (sound is not null)
            _ = _lines[ToCaller].Play(sound, loop: true);
    }

    private void Talk(string callId, FarEndLine line)
    {
        line.StopPlaying();
        if (does == FarEnd.Voicemail)
            _ = Greet(callId, line);
        else if (does == FarEnd.SendsDtmf)
            _ = line.Press(FarEnds.Keys);
    }

    private async Task Greet(string callId, FarEndLine line)
    {
        if (await line.Play(FarEndSounds.Voicemail) == AnnouncementEnd.Played)
            line.Record(voicemail.Of(callId));
    }

    private FarEndLine Open(string name) => _lines[name] = new FarEndLine(engine, name);
}
