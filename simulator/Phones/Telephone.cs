using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using GoTo.WebRtc;

namespace GoTo.Simulator.Phones;

/// <summary>
/// A phone in somebody's hand: it dials, or it is called and is answered; it speaks all the time, to all who are connected
/// with it, and hears each of them by an ear of its own. After a warm transfer, and in a conference, its audio also goes
/// straight to another phone (<c>bridge</c> in the simulator's README).
/// </summary>
public sealed class Telephone : IAsyncDisposable
{
    /// <summary>The name of the line to whoever answers at GoTo; the others have the name of their bridge.</summary>
    private const string ToUs = "us";

    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(2);

    private readonly RtcEngine _engine;
    private readonly PhoneSocketClient _socket;
    private readonly Func<IRtpTap> _ear;
    private readonly ConcurrentDictionary<string, Line> _lines = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly CancellationTokenSource _hungUp = new();
    private readonly Lock _gate = new();
    private readonly List<JsonObject> _told = [];
    private TaskCompletionSource _changed = NewSignal();
    private Task _hearing = Task.CompletedTask;
    private Task _speaking = Task.CompletedTask;

    private Telephone(RtcEngine engine, PhoneSocketClient socket, Func<IRtpTap> ear) =>
        (_engine, _socket, _ear) = (engine, socket, ear);

    /// <summary>What the phone hears: one ear for each party that it is connected with now.</summary>
    public IReadOnlyList<IRtpTap> Ears => [.. _lines.Values.Select(line => line.Ear)];

    /// <summary>Plugs a phone in.</summary>
    /// <param name="phoneSocket">The phone socket's address, for instance <c>ws://127.0.0.1:9200/phone</c>.</param>
    /// <param name="engine">The media engine for its calls.</param>
    /// <param name="voice">What it says, from now on, to whoever is connected.</param>
    /// <param name="ear">Makes the ear for one party.</param>
    /// <param name="time">The clock for pacing; the engine's own.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="PhoneSocketException">The socket cannot be reached.</exception>
    public static async Task<Telephone> Connect(
        Uri phoneSocket, RtcEngine engine, IEnumerable<OpusPacket> voice, Func<IRtpTap> ear, TimeProvider time,
        CancellationToken cancellation = default)
    {
        var phone = new Telephone(engine, await PhoneSocketClient.Connect(phoneSocket, cancellation), ear);
        phone._hearing = phone.Hear();
        phone._speaking = PacedPlayer.Play(voice, phone.Say, time, phone._hungUp.Token);
        return phone;
    }

    /// <summary>Dials a number, and waits until it rings there; the call's id.</summary>
    /// <param name="from">The phone's own number in E.164; empty withholds it.</param>
    /// <param name="to">The number to dial, in E.164.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="PhoneSocketException">The socket refuses the call.</exception>
    public async Task<string> Dial(string from, string to, CancellationToken cancellation = default)
    {
        var seen = Seen;
        await Tell("dial", ("from", from), ("to", to), ("sdp", await Offer(ToUs)));
        return Text(await Told("ringing", seen, cancellation), "callId")!;
    }

    /// <summary>From now on calls to a number, or to an extension, ring here.</summary>
    /// <param name="number">The number in E.164, or the extension.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="PhoneSocketException">Another phone has the number.</exception>
    public async Task Register(string number, CancellationToken cancellation = default)
    {
        var seen = Seen;
        await Tell("register", ("number", number));
        await Told("registered", seen, cancellation);
    }

    /// <summary>Waits until the phone rings, or has rung already; the call's id.</summary>
    /// <param name="cancellation">Gives up waiting.</param>
    public async Task<string> Rings(CancellationToken cancellation = default) =>
        Text(await Told("ring", cancellation: cancellation), "callId")!;

    /// <summary>Takes the ringing call.</summary>
    public Task Answer() => Tell("answer");

    /// <summary>Refuses the ringing call.</summary>
    /// <param name="reason"><c>rejected</c> or <c>busy</c>.</param>
    public Task Reject(string reason = "rejected") => Tell("reject", ("reason", reason));

    /// <summary>
    /// Presses a key: heard in the audio by whoever answered (RFC 4733), and told by GoTo's event, as a gateway does both.
    /// </summary>
    /// <param name="digit">One of <c>0-9*#A-D</c>.</param>
    /// <param name="inAudio">Whether it is heard in the audio, too; else GoTo's event alone tells of it.</param>
    public async Task Press(char digit, bool inAudio = true)
    {
        if (inAudio && _lines.TryGetValue(ToUs, out var line) && line.Audio is { } audio)
            await audio.Sender.SendDtmf(digit.ToString());
        await Tell("dtmf", ("digit", digit.ToString()));
    }

    /// <summary>Hangs up.</summary>
    public Task HangUp() => Tell("hangup");

    /// <summary>Waits until the socket has said something of this type, or has already; the first of it.</summary>
    /// <param name="type">The message's <c>type</c>.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="PhoneSocketException">The socket refused what the phone asked, or is closed.</exception>
    public Task<JsonObject> Told(string type, CancellationToken cancellation = default) => Told(type, 0, cancellation);

    /// <summary>All that the socket has said of this type so far, in order.</summary>
    /// <param name="type">The messages' <c>type</c>.</param>
    public IReadOnlyList<JsonObject> AllTold(string type)
    {
        lock (_gate)
            return [.. _told.Where(message => Text(message, "type") == type)];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // When the cloud has said goodbye too, the number is free for the next phone.
        await _sending.WaitAsync();
        await _socket.CloseOutput();
        _sending.Release();
        await _hearing.WaitAsync(GoodbyeLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _hungUp.CancelAsync();
        await _socket.DisposeAsync();
        await _hearing;
        await _speaking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var name in _lines.Keys)
            await Close(name);
        _hungUp.Dispose();
        _sending.Dispose();
    }

    private int Seen
    {
        get
        {
            lock (_gate)
                return _told.Count;
        }
    }

    private void Say(OpusPacket packet)
    {
        foreach (var line in _lines.Values)
            line.Audio?.Sender.Send(packet.Payload, packet.Samples);
    }

    private async Task Hear()
    {
        try
        {
            await foreach (var message in _socket.ReadAll(_hungUp.Token))
            {
                await Obey(message);
                Note(message);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or WebSocketException)
        {
            // The phone is put away.
        }
        Note(new JsonObject { ["type"] = "error", ["code"] = "CLOSED", ["message"] = "the phone socket is closed" });
    }

    private async Task Obey(JsonObject message)
    {
        var bridge = Text(message, "bridge") ?? "";
        switch (Text(message, "type"))
        {
            case "ring" when Text(message, "sdp") is { } offered:
                await Tell("media-answer", ("sdp", await AnswerOffer(ToUs, offered)));
                break;
            case "ring":
                await Tell("offer", ("sdp", await Offer(ToUs)));
                break;
            case "answer":
                await Accept(ToUs, message);
                break;
            case "bridge" when message["offer"]?.GetValue<bool>() == true:
                await Tell("bridge-offer", ("bridge", bridge), ("sdp", await Offer(bridge)));
                break;
            case "bridge-offer":
                await Tell("bridge-answer", ("bridge", bridge), ("sdp", await AnswerOffer(bridge, Text(message, "sdp")!)));
                break;
            case "bridge-answer":
                await Accept(bridge, message);
                break;
            case "transferred":
                await Close(ToUs);
                break;
            case "unbridge":
                await Close(bridge);
                break;
            case "ended":
                foreach (var name in _lines.Keys)
                    await Close(name);
                break;
        }
    }

    private async Task<string> Offer(string name)
    {
        var line = Open(name);
        line.Take(line.Peer.AddTransceiver(TransceiverDirection.SendRecv, "phone", "microphone"));
        return await line.Peer.CreateOffer();
    }

    private async Task<string> AnswerOffer(string name, string offer)
    {
        var line = Open(name);
        var answer = await line.Peer.AcceptOffer(offer);
        line.Take(line.Peer.Transceivers[0]);
        return answer;
    }

    private async Task Accept(string name, JsonObject message)
    {
        if (_lines.TryGetValue(name, out var line))
            await line.Peer.AcceptAnswer(Text(message, "sdp")!);
    }

    private Line Open(string name)
    {
        var line = new Line(_ear());
        line.Peer = _engine.CreatePeer(new PeerOptions { Name = $"telephone {name}" }, line);
        return _lines[name] = line;
    }

    private async Task Close(string name)
    {
        if (!_lines.TryRemove(name, out var line))
            return;
        await line.Peer.Close();
        (line.Ear as IDisposable)?.Dispose();
    }

    private async Task Tell(string type, params (string Name, string Value)[] fields)
    {
        var message = new JsonObject { ["type"] = type };
        foreach (var (name, value) in fields)
            message[name] = value;
        await _sending.WaitAsync(_hungUp.Token);
        try
        {
            await _socket.Send(message, _hungUp.Token);
        }
        finally
        {
            _sending.Release();
        }
    }

    private void Note(JsonObject message)
    {
        lock (_gate)
        {
            _told.Add(message);
            _changed.SetResult();
            _changed = NewSignal();
        }
    }

    private async Task<JsonObject> Told(string type, int after, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
                foreach (var message in _told.Skip(after))
                {
                    if (Text(message, "type") == type)
                        return message;
                    if (Text(message, "type") == "error")
                        throw new PhoneSocketException(Text(message, "code") ?? "ERROR", Text(message, "message") ?? "no message");
                }
            }
            await changed.WaitAsync(cancellation);
        }
    }

    private static string? Text(JsonObject message, string name) =>
        message[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The connection to one party.</summary>
    private sealed class Line(IRtpTap ear) : IRtcPeerEvents
    {
        public IRtpTap Ear => ear;

        public RtcPeer Peer { get; set; } = null!;

        public AudioTransceiver? Audio { get; private set; }

        public void Take(AudioTransceiver audio)
        {
            audio.Receiver.Tap = ear;
            Audio = audio;
        }

        // What is heard tells whether it is connected.
        public void OnStateChanged(PeerState state, PeerReason? reason)
        {
        }

        // Offer and answer carry all candidates.
        public void OnCandidate(string candidate)
        {
        }

        public void OnFirstPacket(AudioTransceiver transceiver)
        {
        }
    }
}
