using System.Security.Cryptography;
using GoTo.WebRtc;

namespace GoTo.Simulator.Phones;

/// <summary>Remembers every payload sent and received, and compares them.</summary>
internal sealed class PayloadRecorder(TimeProvider time) : IRtpTap
{
    // Half an hour of 20 ms packets; more than any script plays.
    private const int MaxReceived = 100_000;

    private readonly Lock _gate = new();
    private readonly List<(ReadOnlyMemory<byte> Payload, long At)> _sent = [];
    private readonly List<(long Sequence, byte[] Payload, long At)> _received = [];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _highest;
    private int _awaited = int.MaxValue;

    public void Sent(ReadOnlyMemory<byte> payload)
    {
        var at = time.GetTimestamp();
        lock (_gate)
            _sent.Add((payload, at));
    }

    public void OnRtp(in RtpHeader header, ReadOnlySpan<byte> payload, long receivedAt)
    {
        lock (_gate)
        {
            if (_received.Count == MaxReceived)
                return;
            // The sequence number, unwrapped: near the highest so far.
            var sequence = _received.Count == 0
                ? header.SequenceNumber
                : _highest + (short)(header.SequenceNumber - (ushort)_highest);
            _highest = _received.Count == 0 ? sequence : Math.Max(_highest, sequence);
            _received.Add((sequence, payload.ToArray(), receivedAt));
            if (_received.Count >= _awaited)
                _all.TrySetResult();
        }
    }

    /// <summary>Completes when as many packets have been received as have been sent by now.</summary>
    public Task AllReceived()
    {
        lock (_gate)
        {
            _awaited = _sent.Count;
            if (_received.Count >= _awaited)
                _all.TrySetResult();
        }
        return _all.Task;
    }

    public EchoReport Compare()
    {
        lock (_gate)
        {
            var echoes = Match();
            var latencies = _sent.Zip(echoes)
                .Where(pair => pair.Second is not null)
                .Select(pair => time.GetElapsedTime(pair.First.At, pair.Second!.Value))
                .Order().ToList();
            var start = _sent.Count == 0 ? 0 : _sent[0].At;
            return new EchoReport
            {
                Sent = _sent.Count,
                Received = _received.Count,
                Echoed = latencies.Count,
                LatencyP50 = Percentile(latencies, 50),
                LatencyP99 = Percentile(latencies, 99),
                LatencyMax = Percentile(latencies, 100),
                Payloads = _sent.Zip(echoes, (sent, echo) => new SentPayload(
                    Convert.ToHexStringLower(SHA256.HashData(sent.Payload.Span).AsSpan(0, 8)),
                    time.GetElapsedTime(start, sent.At),
                    echo is null ? null : time.GetElapsedTime(start, echo.Value))).ToList(),
            };
        }
    }

    /// <summary>
    /// For each packet sent, when its echo arrived: the first of its bytes, in sequence, behind the echo before.
    /// </summary>
    private long?[] Match()
    {
        var echoes = new long?[_sent.Count];
        var next = 0;
        var inOrder = _received.DistinctBy(packet => packet.Sequence).OrderBy(packet => packet.Sequence);
        foreach (var (_, payload, at) in inOrder)
        {
            var found = _sent.FindIndex(next, sent => sent.Payload.Span.SequenceEqual(payload));
            if (found < 0)
                continue;
            echoes[found] = at;
            next = found + 1;
        }
        return echoes;
    }

    // Nearest rank.
    private static TimeSpan? Percentile(List<TimeSpan> sorted, int percent)
        => sorted.Count == 0 ? null : sorted[Math.Max(0, (sorted.Count * percent + 99) / 100 - 1)];
}
