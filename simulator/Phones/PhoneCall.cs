using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using GoTo.WebRtc;

namespace GoTo.Simulator.Phones;

/// <summary>One call of a <see cref="ScriptedPhone"/>.</summary>
internal sealed class PhoneCall(
    RtcEngine engine, PhoneSocketClient socket, PhoneScript script, TimeProvider time) : IRtcPeerEvents
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(5);

    private readonly Channel<PhoneStep> _steps = Channel.CreateUnbounded<PhoneStep>();
    private readonly ConcurrentDictionary<PhoneStage, TimeSpan> _times = new();
    private readonly PayloadRecorder _recorder = new(time);
    private readonly TaskCompletionSource<string> _answer = New<string>();
    private readonly TaskCompletionSource<bool> _connected = New<bool>();
    private readonly TaskCompletionSource<string?> _over = New<string?>();
    private readonly TaskCompletionSource<bool> _ended = New<bool>();
    private string? _callId;
    private string? _endReason;
    private long _dialledAt;

    public async Task<PhoneReport> Run(Action<PhoneStep> onStep, CancellationToken cancellation)
    {
        var peer = engine.CreatePeer(new PeerOptions { Name = $"phone {script.From}" }, this);
        var telling = Tell(onStep);
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var hearing = Task.CompletedTask;
        try
        {
            var line = peer.AddTransceiver(TransceiverDirection.SendRecv, "phone", "microphone");
            line.Receiver.Tap = _recorder;
            var offer = await peer.CreateOffer();
            _dialledAt = time.GetTimestamp();
            Reach(PhoneStage.Dialled);
            await socket.Send(Dial(offer), cancellation);
            hearing = Hear(peer, listening.Token);
            var outcome = await Talk(peer, line, cancellation);
            var transport = await peer.GetStats();
            await HangUp(cancellation);
            return Report(outcome, transport);
        }
        finally
        {
            await peer.Close();
            await listening.CancelAsync();
            await hearing;
            _steps.Writer.Complete();
            await telling;
        }
    }

    void IRtcPeerEvents.OnStateChanged(PeerState state, PeerReason? reason)
    {
        switch (state)
        {
            case PeerState.Connected:
                Reach(PhoneStage.Connected);
                _connected.TrySetResult(true);
                break;
            case PeerState.Failed or PeerState.Closed:
                _over.TrySetResult(reason?.Text);
                break;
        }
    }

    // The offer carries all candidates.
    void IRtcPeerEvents.OnCandidate(string candidate)
    {
    }

    void IRtcPeerEvents.OnFirstPacket(AudioTransceiver transceiver) => Reach(PhoneStage.FirstAudio);

    private async Task<PhoneOutcome> Talk(RtcPeer peer, AudioTransceiver line, CancellationToken cancellation)
    {
        if (!await Comes(_answer.Task, script.AnswerTimeout, cancellation))
            return PhoneOutcome.NotAnswered;
        await peer.AcceptAnswer(await _answer.Task);
        if (!await Comes(_connected.Task, script.ConnectTimeout, cancellation))
            return PhoneOutcome.NotConnected;
        using var speaking = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var spoken = PacedPlayer.Play(script.Audio, packet => Say(line.Sender, packet), time, speaking.Token);
        var first = await Task.WhenAny(spoken, _over.Task);
        if (first != spoken)
        {
            await speaking.CancelAsync();
            await spoken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellation.ThrowIfCancellationRequested();
            return PhoneOutcome.CutOff;
        }
        await spoken;
        Reach(PhoneStage.Spoken);
        await Comes(_recorder.AllReceived(), script.EchoTimeout, cancellation);
        return _over.Task.IsCompleted ? PhoneOutcome.CutOff : PhoneOutcome.Completed;
    }

    private void Say(AudioSender sender, OpusPacket packet)
    {
        _recorder.Sent(packet.Payload);
        sender.Send(packet.Payload, packet.Samples);
    }

    /// <summary>Waits for one thing; false if the call is over first or the time is.</summary>
    private async Task<bool> Comes(Task wanted, TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            await Task.WhenAny(wanted, _over.Task).WaitAsync(limit, time, cancellation);
        }
        catch (TimeoutException)
        {
            return false;
        }
        if (!wanted.IsCompleted)
            return false;
        await wanted;
        return true;
    }

    private async Task HangUp(CancellationToken cancellation)
    {
        if (!_ended.Task.IsCompleted && _callId is not null)
        {
            Reach(PhoneStage.HungUp);
            try
            {
                await socket.Send(new JsonObject { ["type"] = "hangup" }, cancellation);
                await _ended.Task.WaitAsync(EndTimeout, time, cancellation);
            }
            catch (Exception failure) when (failure is System.Net.WebSockets.WebSocketException or TimeoutException)
            {
                // The other side is gone; closing the socket hangs up too.
            }
        }
    }

    private async Task Hear(RtcPeer peer, CancellationToken cancellation)
    {
        try
        {
            await foreach (var message in socket.ReadAll(cancellation))
                await Hear(peer, message);
            if (!_ended.Task.IsCompleted)
                _answer.TrySetException(
                    new PhoneSocketException("CLOSED", "the phone socket was closed before the call was answered"));
        }
        catch (PhoneSocketException failure)
        {
            _answer.TrySetException(failure);
        }
        catch (OperationCanceledException)
        {
            // The call is over.
        }
        finally
        {
            _over.TrySetResult(null);
            _ended.TrySetResult(false);
        }
    }

    private async Task Hear(RtcPeer peer, JsonObject message)
    {
        switch (Text(message, "type"))
        {
            case "ringing":
                _callId = Text(message, "callId");
                Reach(PhoneStage.Ringing, _callId);
                break;
            case "answer" when Text(message, "sdp") is { } sdp:
                Reach(PhoneStage.Answered);
                _answer.TrySetResult(sdp);
                break;
            case "candidate" when Text(message, "candidate") is { } candidate && peer.State < PeerState.Failed:
                await peer.AddCandidate(candidate);
                break;
            case "ended":
                _endReason = Text(message, "reason");
                Reach(PhoneStage.Ended, _endReason);
                _over.TrySetResult(_endReason);
                _ended.TrySetResult(true);
                break;
            case "error":
                _answer.TrySetException(new PhoneSocketException(
                    Text(message, "code") ?? "ERROR", Text(message, "message") ?? "no message"));
                break;
        }
    }

    private JsonObject Dial(string offer) => new()
    {
        ["type"] = "dial",
        ["from"] = script.From,
        ["to"] = script.To,
        ["sdp"] = offer,
    };

    private void Reach(PhoneStage stage, string? detail = null)
    {
        var elapsed = time.GetElapsedTime(_dialledAt);
        if (_times.TryAdd(stage, elapsed))
            _steps.Writer.TryWrite(new PhoneStep(stage, elapsed, detail));
    }

    private async Task Tell(Action<PhoneStep> onStep)
    {
        await foreach (var step in _steps.Reader.ReadAllAsync())
            onStep(step);
    }

    private PhoneReport Report(PhoneOutcome outcome, PeerStats transport) => new()
    {
        Outcome = outcome,
        CallId = _callId,
        // The media may be closed a moment before the socket says why.
        EndReason = _endReason ?? (_over.Task.IsCompletedSuccessfully ? _over.Task.Result : null),
        Ringing = At(PhoneStage.Ringing),
        Answered = At(PhoneStage.Answered),
        Connected = At(PhoneStage.Connected),
        FirstAudio = At(PhoneStage.FirstAudio),
        Echo = _recorder.Compare(),
        Transport = transport,
    };

    private TimeSpan? At(PhoneStage stage) => _times.TryGetValue(stage, out var elapsed) ? elapsed : null;

    private static string? Text(JsonObject message, string name)
        => message[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static TaskCompletionSource<T> New<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
