using System.Text;
using GoTo.WebRtc;
using GoTo.WebRtc.Ice;
using GoTo.WebRtc.Mixing;
using GoTo.WebRtc.Net;
using GoTo.WebRtc.Rtcp;
using GoTo.WebRtc.Rtp;
using GoTo.WebRtc.Sdp;
using GoTo.WebRtc.Srtp;
using GoTo.WebRtc.Stun;

namespace GoTo.Bench.Fuzzing;

/// <summary>Every parser of the engine that takes bytes of strangers.</summary>
internal static class FuzzTargets
{
    private const int Datagram = 1_500;

    private static readonly string[] Sdps =
        ["aiortc-audio", "chromium-audio", "chromium-audio-video-data", "firefox-audio", "goto-specification", "livekit-answer"];

    private static readonly string[] Candidates =
    [
        "candidate:1 1 udp 2130706431 192.0.2.1 40000 typ host",
        "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.1 rport 46154 generation 0 ufrag Ab3+",
        "candidate:3 1 UDP 33562367 2001:db8::7 61000 typ relay raddr 2001:db8::1 rport 9 network-id 1",
        "candidate:4 2 tcp 1518280447 198.51.100.3 9 typ host tcptype active",
        "a=candidate:5 1 udp 2113937151 0f6b1d9e-7a0d-4a6a.local 52113 typ host",
    ];

    private static readonly StunKey Key = new("VOkJxbRl1RmTxUk/WvJxBt"u8);

    /// <summary>All of them. Each call gives new ones, since some remember what they were fed.</summary>
    public static IReadOnlyList<FuzzTarget> All() =>
    [
        new("demux", [[0x00, 1], [22, 0xFE, 0xFD], .. RtpPackets(), .. RtcpPackets()], Datagram, 0, Demultiplex),
        new("stun", StunMessages(), Datagram, 0, ReadStun),
        new("rtp", RtpPackets(), Datagram, 0, RtpReader()),
        new("rtcp", RtcpPackets(), Datagram, 0, ReadRtcp),
        new("srtp-gcm", Protected(SrtpProfile.AeadAes128Gcm), Datagram, 2_048, SrtpReader(SrtpProfile.AeadAes128Gcm)),
        new("srtp-sha1", Protected(SrtpProfile.Aes128CmSha1_80), Datagram, 2_048,
            SrtpReader(SrtpProfile.Aes128CmSha1_80)),
        new("sdp", Array.ConvertAll(Sdps, Sdp), SdpParser.MaxLength + 100, 4 << 20, ReadSdp),
        new("candidate", Array.ConvertAll(Candidates, Encoding.Latin1.GetBytes), 1_000, 16 << 10, ReadCandidate),
        DtlsTarget.Create(),
        SctpTarget.Create(),
        TurnTarget.Create(),
    ];

    private static void Demultiplex(Span<byte> input) => Demux.Classify(input);

    private static void ReadStun(Span<byte> input)
    {
        if (!StunMessage.TryParse(input, out var message))
            return;
        Span<ushort> unknown = stackalloc ushort[8];
        message.CheckIntegrity(Key);
        message.CheckFingerprint();
        message.CopyUnknownRequired(unknown);
        message.TryGetXorMappedAddress(out _);
        _ = message.ReceiverUfrag.Length + message.TransactionId.Length + message.Method + (int)message.Class;
        for (var type = 0; type < 0x40; type++)
        {
            message.TryGet((ushort)type, out _);
            message.TryGetUInt32((ushort)type, out _);
            message.TryGetAddress((ushort)type, out _);
        }
    }

    private static FuzzFeed RtpReader()
    {
        var detector = new DtmfDetector();
        var statistics = new ReceiverStatistics(1, 48_000);
        var rewriter = new RtpRewriter(1, 48_000, 1, 1);
        var jitter = new JitterBuffer();
        var now = 0L;
        return input =>
        {
            if (!RtpHeader.TryParse(input, out var header))
                return;
            now += 20 * TimeSpan.TicksPerMillisecond;
            var payload = header.PayloadOf(input);
            for (var id = 1; id < 256; id++)
                RtpHeaderExtensions.TryGet(input, header, id, out _);
            detector.TryDetect(header, payload, 48_000, out _);
            statistics.Receive(header, payload.Length, now);
            rewriter.TryRewrite(header, 111, now, out _);
            jitter.Push(header.SequenceNumber, payload);
            jitter.Take(out _);
        };
    }

    private static void ReadRtcp(Span<byte> input)
    {
        var parser = new RtcpParser(input);
        while (parser.TryRead(out var packet))
        {
            packet.TryGetSsrc(out _);
            packet.TryGetSenderInfo(out _);
            packet.TryGetCname(out _, out _);
            for (var i = 0; i < packet.ReportCount; i++)
                packet.GetReport(i);
            for (var i = 0; i < packet.ByeCount; i++)
                packet.GetBye(i);
        }
    }

    private static FuzzFeed SrtpReader(SrtpProfile profile)
    {
        var session = new SrtpSession(Keys(profile));
        var copy = new byte[Datagram];
        return input =>
        {
            input.CopyTo(copy);
            session.UnprotectRtp(input, out _);
            session.UnprotectRtcp(copy.AsSpan(0, input.Length), out _);
        };
    }

    private static void ReadSdp(Span<byte> input)
    {
        try
        {
            var offer = SessionDescription.Parse(Encoding.Latin1.GetString(input));
            var local = new LocalSession
            {
                SessionId = 1,
                IceUfrag = "local000",
                IcePassword = "localpassword0000000000",
                Fingerprint = new SdpFingerprint("sha-256", string.Join(':', Enumerable.Repeat("AB", 32))),
                Cname = "cname",
            };
            var (answer, _) = OfferAnswer.CreateAnswer(
                offer, local, [], () => new LocalAudio { Ssrc = 1, StreamId = "stream", TrackId = "track" });
            // What we write, we can read.
            SessionDescription.Parse(answer.ToString());
        }
        catch (SdpException)
        {
            // The documented refusal.
        }
    }

    private static void ReadCandidate(Span<byte> input)
    {
        Span<char> text = stackalloc char[input.Length];
        Encoding.Latin1.GetChars(input, text);
        if (IceCandidate.TryParse(text, out var candidate) == IceCandidateResult.Accepted)
            _ = candidate!.ToString();
        IceCandidate.UfragOf(text);
    }

    private static byte[] Sdp(string name)
    {
        using var stream = typeof(FuzzTargets).Assembly.GetManifestResourceStream(name + ".sdp")
            ?? throw new InvalidOperationException($"There is no sample {name}.");
        using var reader = new StreamReader(stream);
        return Encoding.Latin1.GetBytes(reader.ReadToEnd().ReplaceLineEndings("\r\n"));
    }

    private static byte[][] StunMessages() =>
    [
        // The sample request and the IPv4 and IPv6 responses of RFC 5769 sections 2.1 to 2.3.
        Convert.FromHexString(
            "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008"
            + "932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2802800"
            + "04e57a3bcf"),
        Convert.FromHexString(
            "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a64300080014"
            + "2b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"),
        Convert.FromHexString(
            "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179"
            + "bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"),
        // An error response, 487, and a Binding Indication.
        Convert.FromHexString("011100102112a442b7e7a701bc34d686fa87dfae0009000c00000457526f6c6520436f6e"),
        Convert.FromHexString("001100002112a442b7e7a701bc34d686fa87dfae"),
    ];

    private static byte[][] RtpPackets() =>
    [
        Rtp(0x80, 111, []),
        Rtp(0x90, 111, [0xBE, 0xDE, 0, 2, 0x10, 0x85, 0x41, 0x30, 0x31, 0, 0, 0]),
        Rtp(0x90, 111, [0x10, 0, 0, 2, 1, 1, 0x85, 4, 2, 0x30, 0x31, 0]),
        Rtp(0xB2, 0, [0, 0, 0, 7, 0, 0, 0, 8, 0xBE, 0xDE, 0, 1, 0x10, 0x85, 0, 0]),
        [.. Rtp(0x80, 110, []).AsSpan(0, 12), 5, 0x8A, 3, 0xC0],
    ];

    private static byte[][] RtcpPackets()
    {
        var buffer = new byte[Datagram];
        var builder = new RtcpBuilder(buffer);
        var block = new ReportBlock(0xCAFE, 12, 345, 0x10203, 77, 0x1234567, 0x8000);
        builder.AddSenderReport(0xBEEF, new SenderInfo(0x1122334455667788, 48_000, 100, 8_000), [block, block]);
        builder.AddSourceDescription(0xBEEF, "cname");
        builder.AddBye([0xBEEF, 0xCAFE]);
        var compound = buffer[..builder.Length];
        builder = new RtcpBuilder(buffer);
        builder.AddReceiverReport(0xBEEF, [block]);
        return [compound, buffer[..builder.Length], [0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 5, 0, 0]];
    }

    private static byte[][] Protected(SrtpProfile profile)
    {
        var keys = Keys(profile);
        using var session = new SrtpSession(
            new SrtpKeys(profile, keys.RemoteKey, keys.RemoteSalt, keys.LocalKey, keys.LocalSalt));
        var packets = new List<byte[]>();
        foreach (var packet in RtpPackets())
        {
            var buffer = new byte[Datagram];
            packet.CopyTo(buffer, 0);
            packets.Add(buffer[..session.ProtectRtp(buffer, packet.Length)]);
        }

        foreach (var packet in RtcpPackets())
        {
            var buffer = new byte[Datagram];
            packet.CopyTo(buffer, 0);
            packets.Add(buffer[..session.ProtectRtcp(buffer, packet.Length)]);
        }

        return [.. packets];
    }

    private static byte[] Rtp(byte first, byte payloadType, byte[] rest)
    {
        var packet = new byte[12 + rest.Length + 40];
        (packet[0], packet[1], packet[3], packet[11]) = (first, payloadType, 1, 9);
        rest.CopyTo(packet, 12);
        packet[^1] = 4;
        return packet;
    }

    private static SrtpKeys Keys(SrtpProfile profile)
    {
        var salt = new byte[profile == SrtpProfile.AeadAes128Gcm ? 12 : 14];
        return new SrtpKeys(profile, new byte[16], salt, [.. Enumerable.Range(1, 16).Select(i => (byte)i)], salt);
    }
}
