using GoTo.WebRtc.Rtp;

namespace GoTo.WebRtc.Peer;

/// <content>DTMF digits of the application, between the packets of whatever else is sent (RFC 4733).</content>
internal sealed partial class OutboundStream
{
    private readonly Queue<DtmfRequest> _dtmfRequests = [];
    private DtmfSequence? _dtmf;
    private uint _digitTimestamp;

    private long DtmfDue => _dtmf?.Due ?? long.MaxValue;

    /// <summary>Sends digits, after those that are under way. Completes with the last packet.</summary>
    /// <exception cref="InvalidOperationException">Nothing can be sent, or no telephone-event.</exception>
    public Task SendDtmf(string digits, TimeSpan duration, TimeSpan gap, long now)
    {
        if (WhyNoDtmf() is { } why)
            throw new InvalidOperationException(why);
        var request = new DtmfRequest(digits, duration, gap);
        _dtmfRequests.Enqueue(request);
        if (_dtmf is null)
            BeginDtmf(request, now);
        return request.Done.Task;
    }

    /// <summary>Sends the packets of digits that are due.</summary>
    private void SendDueDtmf(long now)
    {
        Span<byte> payload = stackalloc byte[TelephoneEvent.Length];
        while (_dtmf is { } digits && digits.Due <= now)
        {
            if (WhyNoDtmf() is { } why)
            {
                CancelDtmf(why);
                return;
            }

            digits.TryTake(now, out var next, out var isFirst);
            if (isFirst)
                _digitTimestamp = _rewriter!.BeginEvent(now);
            next.Write(payload);
            var line = Line!;
            Send(_rewriter!.Insert((byte)line.SendToneType, _digitTimestamp, isFirst), line, payload);
            if (digits.Due == long.MaxValue)
                EndDtmf(now);
        }
    }

    /// <summary>Gives up the digits that are not sent.</summary>
    public void CancelDtmf(string why)
    {
        _dtmf = null;
        while (_dtmfRequests.TryDequeue(out var request))
            request.Done.TrySetException(new InvalidOperationException(why));
    }

    /// <summary>Counts a received event's duration in this stream's clock, if that is another.</summary>
    private bool Rescale(ReadOnlySpan<byte> payload, MediaLine source, int payloadType, Span<byte> rescaled)
    {
        var clockRate = source.ToneClockRate(payloadType);
        if (clockRate == ClockRate || !TelephoneEvent.TryParse(payload, out var received))
            return false;
        received.Rescale(clockRate, ClockRate).Write(rescaled);
        return true;
    }

    private string? WhyNoDtmf()
    {
        var line = Line;
        if (!Connection.CanSend(line))
            return $"Peer {Connection.Name} cannot send DTMF: it is not connected, or the negotiated direction is not "
                + "to send. Wait for PeerState.Connected and look at CurrentDirection.";
        return line!.SendToneType == MediaLine.None
            ? $"Peer {Connection.Name} cannot send DTMF: its remote side takes no telephone-event of that clock."
            : null;
    }

    private void BeginDtmf(DtmfRequest request, long at) =>
        _dtmf = new DtmfSequence(request.Digits, request.Duration, request.Gap, ClockRate, at);

    private void EndDtmf(long now)
    {
        var ended = _dtmfRequests.Dequeue();
        _dtmf = null;
        if (_dtmfRequests.TryPeek(out var next))
            BeginDtmf(next, now + ended.Gap.Ticks);
        ended.Done.TrySetResult();
    }

    private sealed record DtmfRequest(string Digits, TimeSpan Duration, TimeSpan Gap)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
