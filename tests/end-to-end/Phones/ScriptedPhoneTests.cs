using GoTo.Simulator.Phones;
using GoTo.WebRtc;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.EndToEnd.Tests.Phones;

public sealed class ScriptedPhoneTests : IAsyncLifetime
{
    private readonly RtcEngine _engine = new(new RtcOptions(), TimeProvider.System, NullLoggerFactory.Instance);

    private static PhoneScript Script { get; } = new()
    {
        From = "+15555550199",
        To = "+15555550100",
        Audio = Enumerable.Range(0, 50).Select(Packet).ToList(),
        EchoTimeout = TimeSpan.FromMilliseconds(500),
    };

    public async ValueTask InitializeAsync() => await _engine.Ready;

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task An_echo_comes_back_bit_exact_and_is_measured()
    {
        await using var exchange = await TestExchange.Answering(audio => new Echo(audio, (_, payload) => payload));
        var steps = new List<PhoneStep>();

        var report = await Call(exchange, steps.Add);

        Assert.Equal(
            (PhoneOutcome.Completed, "call_1", "caller_hangup"), (report.Outcome, report.CallId, report.EndReason));
        Assert.Equal(
            [
                PhoneStage.Dialled, PhoneStage.Ringing, PhoneStage.Answered, PhoneStage.Connected,
                PhoneStage.FirstAudio, PhoneStage.Spoken, PhoneStage.HungUp, PhoneStage.Ended,
            ],
            steps.Select(step => step.Stage));
        Assert.Equal(steps.Select(step => step.Elapsed), steps.Select(step => step.Elapsed).Order());
        Assert.True(report.Ringing <= report.Answered && report.Answered < report.Connected);
        var echo = report.Echo;
        Assert.Equal(
            (50, 50, 50, 0, 0, true),
            (echo.Sent, echo.Received, echo.Echoed, echo.Lost, echo.Foreign, echo.BitExact));
        Assert.True(echo.LatencyP50 > TimeSpan.Zero);
        Assert.True(echo.LatencyP50 <= echo.LatencyP99 && echo.LatencyP99 <= echo.LatencyMax);
        Assert.Equal(50, echo.Payloads.Select(payload => payload.Hash).Distinct().Count());
        Assert.All(echo.Payloads, payload => Assert.True(payload.Echoed > payload.Sent));
        var audio = Assert.Single(report.Transport.Audio);
        Assert.Equal((50, 50, 0), (audio.PacketsSent, audio.PacketsReceived, audio.PacketsLost));
    }

    [Fact]
    public async Task Packets_are_sent_at_their_pace_without_drift()
    {
        await using var exchange = await TestExchange.Answering(audio => new Echo(audio, (_, payload) => payload));

        var report = await Call(exchange);

        for (var i = 0; i < 50; i++)
            Assert.True(report.Echo.Payloads[i].Sent >= TimeSpan.FromMilliseconds(20 * i - 5), $"packet {i} was early");
        Assert.InRange(report.Echo.Payloads[^1].Sent.TotalMilliseconds, 975, 1_480);
    }

    [Fact]
    public async Task Lost_changed_and_swapped_packets_are_noticed()
    {
        await using var exchange = await TestExchange.Answering(audio => new Echo(audio, Spoil));

        var echo = (await Call(exchange)).Echo;

        Assert.Equal(
            (50, 49, 47, 3, 2, false),
            (echo.Sent, echo.Received, echo.Echoed, echo.Lost, echo.Foreign, echo.BitExact));
        Assert.Equal(
            [5, 7, 20], echo.Payloads.Index().Where(entry => entry.Item.Echoed is null).Select(entry => entry.Index));

        static byte[]? Spoil(int index, byte[] payload) => index switch
        {
            5 => null,
            7 => [.. payload[..^1], (byte)(payload[^1] ^ 1)],
            20 => Packet(21).Payload.ToArray(),
            21 => Packet(20).Payload.ToArray(),
            _ => payload,
        };
    }

    [Fact]
    public async Task A_call_that_is_refused_while_it_rings_is_not_answered()
    {
        await using var exchange = await TestExchange.Start(async (line, _) =>
        {
            await line.Tell("ringing");
            await line.Tell("ended", ("reason", "rejected"));
            await line.Hang();
        });

        var report = await Call(exchange);

        Assert.Equal((PhoneOutcome.NotAnswered, "rejected"), (report.Outcome, report.EndReason));
        Assert.Equal((0, false), (report.Echo.Sent, report.Echo.BitExact));
    }

    [Fact]
    public async Task A_call_that_rings_for_too_long_is_given_up()
    {
        await using var exchange = await TestExchange.Start((line, _) => line.Tell("ringing"));

        var report = await Call(exchange, script: Script with { AnswerTimeout = TimeSpan.FromMilliseconds(50) });

        Assert.Equal((PhoneOutcome.NotAnswered, "caller_hangup"), (report.Outcome, report.EndReason));
    }

    [Fact]
    public async Task A_call_that_the_other_end_hangs_up_is_cut_off()
    {
        await using var exchange = await TestExchange.Start(async (line, dial) =>
        {
            var heard = new TaskCompletionSource();
            await line.Tell("ringing");
            var (_, answer) = await line.Answer(dial, audio => new Echo(audio, (index, payload) =>
            {
                if (index == 10)
                    heard.TrySetResult();
                return payload;
            }));
            await line.Tell("answer", ("sdp", answer));
            await heard.Task;
            await line.Tell("ended", ("reason", "agent_hangup"));
        });

        var report = await Call(exchange);

        Assert.Equal((PhoneOutcome.CutOff, "agent_hangup"), (report.Outcome, report.EndReason));
        Assert.InRange(report.Echo.Sent, 10, 49);
    }

    [Fact]
    public async Task An_answer_without_media_is_not_connected()
    {
        await using var exchange = await TestExchange.Start(async (line, dial) =>
        {
            await line.Tell("ringing");
            var (peer, answer) = await line.Answer(dial, audio => new Echo(audio, (_, payload) => payload));
            await peer.Close();
            await line.Tell("answer", ("sdp", answer));
        });

        var report = await Call(exchange, script: Script with { ConnectTimeout = TimeSpan.FromMilliseconds(300) });

        Assert.Equal(PhoneOutcome.NotConnected, report.Outcome);
    }

    [Fact]
    public async Task A_number_that_does_not_exist_is_a_typed_error()
    {
        await using var exchange = await TestExchange.Start((line, _) => line.Tell(
            "error", ("code", "UNKNOWN_NUMBER"), ("message", "No line has this number.")));

        var failure = await Assert.ThrowsAsync<PhoneSocketException>(() => Call(exchange));

        Assert.Equal("UNKNOWN_NUMBER", failure.Code);
    }

    [Fact]
    public async Task A_socket_that_closes_or_cannot_be_reached_is_a_typed_error()
    {
        Uri address;
        await using (var exchange = await TestExchange.Start((line, _) => line.Hang()))
        {
            address = exchange.PhoneSocket;
            Assert.Equal("CLOSED", (await Assert.ThrowsAsync<PhoneSocketException>(() => Call(exchange))).Code);
        }

        var phone = new ScriptedPhone(_engine, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<PhoneSocketException>(
            () => phone.Call(address, Script, cancellation: TestContext.Current.CancellationToken));
        Assert.Equal("CLOSED", failure.Code);
    }

    private Task<PhoneReport> Call(TestExchange exchange, Action<PhoneStep>? onStep = null, PhoneScript? script = null)
        => new ScriptedPhone(_engine, TimeProvider.System)
            .Call(exchange.PhoneSocket, script ?? Script, onStep, TestContext.Current.CancellationToken);

    private static OpusPacket Packet(int index) => new(new byte[] { 0x78, (byte)index, 1, 2, 3 }, 960);

    /// <summary>Sends back what the given function makes of each packet.</summary>
    private sealed class Echo(AudioTransceiver audio, Func<int, byte[], byte[]?> change) : IRtpTap
    {
        private int _index;

        public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt)
        {
            if (change(_index++, payload.ToArray()) is { } echo)
                audio.Sender.Send(echo, 960);
        }
    }
}
