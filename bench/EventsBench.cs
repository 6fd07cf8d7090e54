using System.Globalization;
using System.Text;
using GoTo.Api;

namespace GoTo.Bench;

/// <summary>
/// How many of GoTo's events one core decodes and dispatches: the mix of a busy account, call by call as a stream's
/// reader does it, measured in CPU time of the one thread.
/// </summary>
internal static class EventsBench
{
    private const int Wanted = 200_000;
    private const int Round = 10_000;

    public static int Run(string[] arguments)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        var seconds = double.Parse(settings["seconds"] ?? "3", CultureInfo.InvariantCulture);
        var messages = Messages();
        var calls = new Dictionary<string, int>();
        Decode(messages, calls, Round * 20);

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = ThreadClock.Now();
        var decoded = 0L;
        TimeSpan spent;
        do
        {
            Decode(messages, calls, Round);
            decoded += Round;
            spent = ThreadClock.Now() - started;
        }
        while (spent.TotalSeconds < seconds);

        var rate = decoded / spent.TotalSeconds;
        Console.WriteLine(
            $"{rate:N0} events/s on one core, {spent.TotalMicroseconds / decoded:0.00} us and "
            + $"{(GC.GetAllocatedBytesForCurrentThread() - allocated) / decoded} B an event "
            + $"({decoded:N0} events, {messages.Length} kinds of message, average "
            + $"{messages.Average(message => message.Length):0} B; wanted {Wanted:N0})");
        return rate >= Wanted ? 0 : 1;
    }

    private static void Decode(byte[][] messages, Dictionary<string, int> calls, int count)
    {
        for (var i = 0; i < count; i++)
        {
            switch (EventDecoder.Decode(messages[i % messages.Length]))
            {
                case GoToCallEvent happened:
                    calls[happened.CallId] = calls.GetValueOrDefault(happened.CallId) + 1;
                    break;
                default:
                    throw new InvalidOperationException("A message of the benchmark is no event of a call.");
            }
        }
    }

    /// <summary>A call's life as section 6.5 shows it, for a hundred calls.</summary>
    private static byte[][] Messages()
    {
        var offer = "v=0\\r\\n" + string.Concat(Enumerable.Repeat("a=rtpmap:111 opus/48000/2\\r\\n", 60));
        string[] life =
        [
            "ringing;\"direction\":\"inbound\",\"from\":\"+15551234567\",\"to\":\"+15559876543\","
                + $"\"lineId\":\"line_abc123\",\"sdpOffer\":\"{offer}\"",
            .. Enumerable.Range(1, 6).Select(index => "ice_candidate;\"candidate\":{\"candidate\":"
                + $"\"candidate:{index} 1 UDP 2130706431 192.168.1.100 54321 typ host\",\"sdpMid\":\"audio\","
                + "\"sdpMLineIndex\":0}"),
            "connected;\"direction\":\"inbound\",\"from\":\"+15551234567\",\"to\":\"+15559876543\","
                + "\"lineId\":\"line_abc123\",\"answeredAt\":\"2026-01-16T10:30:05.456Z\"",
            .. "1234#".Select(digit => $"dtmf;\"digit\":\"{digit}\",\"durationMs\":120"),
            "held;\"holdStartedAt\":\"2026-01-16T10:32:00.000Z\"",
            "resumed;\"holdDurationSeconds\":60",
            "transferred;\"transferType\":\"blind\",\"transferTarget\":\"ext:1001\","
                + "\"transferredAt\":\"2026-01-16T10:34:00.000Z\"",
            "ended;\"direction\":\"inbound\",\"from\":\"+15551234567\",\"to\":\"+15559876543\","
                + "\"lineId\":\"line_abc123\",\"durationSeconds\":325,\"endReason\":\"transfer\","
                + "\"endedAt\":\"2026-01-16T10:35:30.789Z\"",
        ];
        return
        [
            .. from call in Enumerable.Range(1, 100)
               from step in life
               let parts = step.Split(';', 2)
               select Encoding.UTF8.GetBytes(
                   $"{{\"type\":\"call.{parts[0]}\",\"timestamp\":\"2026-01-16T10:30:00.{call:000}Z\","
                   + $"\"data\":{{\"callId\":\"call_{call}\",{parts[1]}}}}}"),
        ];
    }
}
