using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using GoTo.Simulator.Cloud;
using GoTo.Simulator.Phones;
using GoTo.Tones;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.EndToEnd.Tests;

/// <summary>What is heard of the simulated cloud itself: by whoever calls a far end that it plays, and by a phone on hold.</summary>
public sealed class FarEndAudioTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly RtcEngine _engine = new(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);
    private readonly HttpClient _http = new();
    private GoToCloud _cloud = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await GoToCloud.Start(
            new GoToCloudOptions { Media = new RtcOptions(), BusyTone = TimeSpan.FromMinutes(1), MediaAnswerTimeout = TimeSpan.FromMinutes(1) },
            TimeProvider.System, NullLoggerFactory.Instance, Stop);
        _http.BaseAddress = _cloud.BaseUrl;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "password", ["client_id"] = CloudAccount.Demo.ClientId,
            ["username"] = CloudAccount.Demo.Username, ["password"] = CloudAccount.Demo.Password,
        });
        using var reply = await _http.PostAsync(new Uri("/oauth/token", UriKind.Relative), form, Stop);
        var token = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Stop))!;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)token["access_token"]!);
        await _engine.Ready;
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _engine.DisposeAsync();
        _http.Dispose();
    }

    [Theory]
    [InlineData("tel:+15555550122", 440, 480)]
    [InlineData("tel:+15555550121", 480, 620)]
    public async Task Who_rings_and_who_is_busy_is_heard_before_any_answer(string to, double one, double other)
    {
        using var ear = new ToneDetector(440, 480, 620);
        var (call, audio) = await Dial(to);
        audio.Receiver.Tap = ear;

        await ear.WaitFor(Deadline, one, other);
        Assert.Equal("dialing", (string?)(await Get($"/web-calls/v1/calls/{call}"))["state"]);
        // Half of the time or more it is silent.
        await ear.WaitFor(Deadline);
    }

    [Fact]
    public async Task A_voice_mailbox_greets_beeps_and_keeps_what_is_said()
    {
        const double beep = 1000, said = 700;
        using var ear = new ToneDetector(beep);
        var (call, audio) = await Dial("voicemail:1001");
        audio.Receiver.Tap = ear;
        await ear.WaitFor(Deadline, beep);
        await ear.WaitFor(Deadline);
        await PacedPlayer.Play(
            ToneGenerator.Packets(said, TimeSpan.FromSeconds(2)), packet => audio.Sender.Send(packet.Payload, packet.Samples), TimeProvider.System, Stop);
        await Act(HttpMethod.Post, $"/web-calls/v1/calls/{call}/hangup", new { });

        Assert.True(Contains(await Message(call), said));
    }

    [Fact]
    public async Task A_far_end_that_presses_keys_is_heard_to()
    {
        var keys = new ConcurrentQueue<char>();
        _ = await Dial("tel:+15555550127", keys.Enqueue);

        await Until.True(() => Task.FromResult(keys.SequenceEqual("123#")), Deadline, "the keys are heard");
    }

    [Fact]
    public async Task A_phone_on_hold_hears_music_until_it_is_taken_back()
    {
        const double pitch = 392;
        await using var phone = await Telephone.Connect(
            _cloud.PhoneSocketUrl, _engine, [], () => new ToneDetector(pitch), TimeProvider.System, Stop);
        var call = await phone.Dial("+15555550199", World.Number, Stop);
        await Answer(call, (string)(await Get($"/web-calls/v1/calls/{call}"))["sdpOffer"]!, _ => { });
        await phone.Told("connected", Stop);

        await Act(HttpMethod.Put, $"/web-calls/v1/calls/{call}/hold", new { });
        await Until.True(() => Task.FromResult(Hears()), Deadline, "the phone hears music");
        await Act(HttpMethod.Put, $"/web-calls/v1/calls/{call}/resume", new { });

        await Until.True(() => Task.FromResult(phone.Ears.Count == 1 && !Hears()), Deadline, "the music ends");

        bool Hears() => phone.Ears.OfType<ToneDetector>().Any(ear => ear.Hearing.Contains(pitch));
    }

    [Fact]
    public async Task A_phone_that_is_passed_on_to_a_voice_mailbox_hears_it_and_leaves_a_message()
    {
        const double beep = 1000, said = 700;
        using var voice = new ToneGenerator(said);
        await using var phone = await Telephone.Connect(
            _cloud.PhoneSocketUrl, _engine, voice.Packets(), () => new ToneDetector(beep), TimeProvider.System, Stop);
        var call = await phone.Dial("+15555550199", World.Number, Stop);
        await Answer(call, (string)(await Get($"/web-calls/v1/calls/{call}"))["sdpOffer"]!, _ => { });
        await phone.Told("connected", Stop);

        await Act(HttpMethod.Post, $"/web-calls/v1/calls/{call}/blind-transfer", new { dialString = "voicemail:1001" });

        await phone.Told("transferred", Stop);
        await Until.True(() => Task.FromResult(Hearing().Contains(beep)), Deadline, "the phone hears the beep");
        await Until.True(async () => Contains(await Message(call), said), Deadline, "what it says then is kept");
        await Until.True(() => Task.FromResult(!Hearing().Contains(beep)), Deadline, "the beep is over");
        Assert.Empty(phone.AllTold("ended"));
        await phone.HangUp();
        await phone.Told("ended", Stop);
        await Until.True(() => Task.FromResult(phone.Ears.Count == 0), Deadline, "it is connected with nobody");

        IEnumerable<double> Hearing() => phone.Ears.OfType<ToneDetector>().SelectMany(ear => ear.Hearing);
    }

    private async Task<(string Call, AudioTransceiver Audio)> Dial(string to, Action<char>? onKey = null)
    {
        var call = await Act(HttpMethod.Post, "/web-calls/v1/calls", new { dialString = to, lineId = "line_demo1" });
        var id = (string)call["callId"]!;
        return (id, await Answer(id, (string)call["sdpOffer"]!, onKey ?? (_ => { })));
    }

    private async Task<AudioTransceiver> Answer(string call, string offer, Action<char> onKey)
    {
        var peer = _engine.CreatePeer(new PeerOptions { Name = call }, new Keys(onKey));
        await Act(HttpMethod.Post, $"/web-calls/v1/calls/{call}/answer", new { sdpAnswer = await peer.AcceptOffer(offer) });
        return peer.Transceivers[0];
    }

    private async Task<JsonNode> Act<T>(HttpMethod method, string path, T body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = JsonContent.Create(body) };
        using var reply = await _http.SendAsync(request, Stop);
        reply.EnsureSuccessStatusCode();
        return JsonNode.Parse(await reply.Content.ReadAsStringAsync(Stop))!;
    }

    private async Task<JsonNode> Get(string path) =>
        JsonNode.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative), Stop))!;

    /// <summary>The WAV file of a call's message; empty where it has left none.</summary>
    private async Task<byte[]> Message(string call)
    {
        using var reply = await _http.GetAsync(new Uri($"/_sim/calls/{call}/voicemail", UriKind.Relative), Stop);
        return reply.IsSuccessStatusCode ? await reply.Content.ReadAsByteArrayAsync(Stop) : [];
    }

    private static bool Contains(byte[] wav, double pitch)
    {
        using var ear = new ToneDetector(pitch);
        if (wav.Length > 0)
            ear.Hear(Samples(wav));
        return ear.Heard.Any(tone => tone.Hertz == pitch);
    }

    /// <summary>The samples of a WAV file of 8 kHz, each six times.</summary>
    private static short[] Samples(byte[] wav)
    {
        const int header = 44, factor = 6;
        Assert.Equal(8000, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24)));
        Assert.Equal(wav.Length - header, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)));
        return [.. Enumerable.Range(0, (wav.Length - header) / sizeof(short) * factor)
            .Select(i => BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(header + (i / factor * sizeof(short)))))];
    }

    private sealed class Keys(Action<char> onKey) : IRtcPeerEvents
    {
        public void OnStateChanged(PeerState state, PeerReason? reason)
        {
        }

        public void OnCandidate(string candidate)
        {
        }

        public void OnFirstPacket(AudioTransceiver transceiver)
        {
        }

        public void OnDtmf(AudioTransceiver transceiver, char digit) => onKey(digit);
    }
}
