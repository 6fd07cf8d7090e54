using System.Text;
using GoTo.WebRtc.Sdp;

namespace GoTo.WebRtc.Peer;

/// <summary>
/// What was negotiated for one m-line; made anew by each exchange of descriptions, never changed.
/// </summary>
internal sealed class MediaLine
{
    /// <summary>A payload type that has no counterpart.</summary>
    public const int None = -1;

    private readonly NegotiatedMedia _media;
    private readonly UInt128 _toneTypes;

    public MediaLine(NegotiatedMedia media)
    {
        _media = media;
        Sends = media.Direction is TransceiverDirection.SendRecv or TransceiverDirection.SendOnly;
        Receives = media.Direction is TransceiverDirection.SendRecv or TransceiverDirection.RecvOnly;
        MidExtension = media.MidExtension ?? 0;
        AudioLevelExtension = media.AudioLevelExtension ?? 0;
        SendPayloadType = media.Send?.PayloadType ?? None;
        MidBytes = Encoding.UTF8.GetBytes(media.Mid ?? "");
        foreach (var tones in media.ReceiveTelephoneEvents)
            _toneTypes |= UInt128.One << tones.PayloadType;
    }

    public string? Mid => _media.Mid;

    /// <summary>The mid as the header extension carries it (RFC 9143 section 15).</summary>
    public byte[] MidBytes { get; }

    public TransceiverDirection Direction => _media.Direction;

    public bool Sends { get; }

    public bool Receives { get; }

    public AudioCodec? Codec => _media.Send?.Codec;

    public string? RemoteStreamId => _media.RemoteMsid?.Stream;

    public string? RemoteTrackId => _media.RemoteMsid?.Track;

    public IReadOnlyList<uint> RemoteSsrcs => _media.RemoteSsrcs;

    /// <summary>The id of the MID header extension, 0 when not negotiated.</summary>
    public int MidExtension { get; }

    /// <summary>The id of the audio level header extension (RFC 6464), 0 when not negotiated.</summary>
    public int AudioLevelExtension { get; }

    /// <summary>The payload type of our codec, or <see cref="None"/>.</summary>
    public int SendPayloadType { get; }

    /// <summary>The payload type of telephone events (RFC 4733) that we send, or <see cref="None"/>.</summary>
    public int SendToneType => _media.SendTelephoneEvent ?? None;

    /// <summary>The RTP clock of what we send, in Hz.</summary>
    public int SendClockRate => Codec?.ClockRate ?? AudioCodec.Opus.ClockRate;

    /// <summary>Whether the remote side may send this payload type here.</summary>
    public bool Accepts(int payloadType) => IsTones(payloadType) || ReceivedCodec(payloadType) is not null;

    /// <summary>Whether a received payload type is that of telephone events (RFC 4733).</summary>
    public bool IsTones(int payloadType) => (_toneTypes >> payloadType & UInt128.One) != UInt128.Zero;

    /// <summary>
    /// The clock in Hz in which received telephone events of the payload type count their duration. Their timestamps
    /// are in the stream's clock all the same: Chromium sends events of 8 kHz in a stream of 48 kHz.
    /// </summary>
    public int ToneClockRate(int payloadType) =>
        _media.ReceiveTelephoneEvents.FirstOrDefault(tones => tones.PayloadType == payloadType)?.ClockRate
        ?? SendClockRate;

    /// <summary>The codec of a received payload type; none if it is not negotiated, or of telephone events.</summary>
    public AudioCodec? ReceivedCodec(int payloadType)
    {
        // There are three at most. By index: an enumerator would be allocated.
        for (var i = 0; i < _media.Receive.Count; i++)
        {
            if (_media.Receive[i].PayloadType == payloadType)
                return _media.Receive[i].Codec;
        }

        return null;
    }

    /// <summary>The RTP clock of a received payload type, in Hz.</summary>
    public int ReceiveClockRate(int payloadType) => ReceivedCodec(payloadType)?.ClockRate ?? SendClockRate;

    /// <summary>
    /// Fills the map from what the remote side sends here to what the other line sends: the same codec, or a telephone
    /// event (RFC 4733), under the other line's payload type.
    /// </summary>
    public void MapPayloadTypes(MediaLine to, Span<sbyte> map)
    {
        map.Fill(None);
        foreach (var format in _media.Receive)
        {
            if (to._media.Send is { } send && send.Codec == format.Codec)
                map[format.PayloadType] = (sbyte)send.PayloadType;
        }

        foreach (var tones in _media.ReceiveTelephoneEvents)
        {
            if (to._media.SendTelephoneEvent is { } send && SendClockRate == to.SendClockRate)
                map[tones.PayloadType] = (sbyte)send;
        }
    }
}
