using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace GoTo.WebRtc.Ice;

/// <summary>How a candidate's address was found (RFC 8445 section 4).</summary>
internal enum IceCandidateType
{
    Host,
    ServerReflexive,
    PeerReflexive,
    Relayed,
}

/// <summary>What became of a candidate given as text or to an agent.</summary>
internal enum IceCandidateResult
{
    /// <summary>Usable, and taken.</summary>
    Accepted,

    /// <summary>Known already.</summary>
    Duplicate,

    /// <summary>Not the grammar of RFC 8839 section 5.1, or an address to which nothing can be sent.</summary>
    Malformed,

    /// <summary>A name, as mDNS ".local": not resolved; the peer's own checks reveal its address.</summary>
    HostName,

    /// <summary>TCP or another transport than UDP.</summary>
    UnsupportedTransport,

    /// <summary>Not component 1: RTCP is multiplexed.</summary>
    UnsupportedComponent,

    /// <summary>No local candidate has its address family, or the limits of the agent are reached.</summary>
    Refused,
}

/// <summary>A UDP candidate of component 1 (RFC 8839 section 5.1).</summary>
internal sealed record IceCandidate(
    string Foundation, uint Priority, TransportAddress Address, IceCandidateType Type,
    TransportAddress RelatedAddress = default)
{
    /// <summary>The longest text that is looked at, in characters.</summary>
    public const int MaxTextLength = 512;

    private const string Prefix = "candidate:";

    private static readonly SearchValues<char> AddressChars = SearchValues.Create("0123456789abcdefABCDEF.:");

    /// <summary>A host candidate: an address of the shard's socket, or the one advertised for it (1:1 NAT).</summary>
    /// <param name="address">Address and port.</param>
    /// <param name="localPreference">0 to 65535, higher is better; differs between the addresses of one agent.</param>
    public static IceCandidate Host(TransportAddress address, int localPreference = 65535) =>
        new((65536 - localPreference).ToString(CultureInfo.InvariantCulture),
            ComputePriority(IceCandidateType.Host, localPreference), address, IceCandidateType.Host);

    /// <summary>Our address as a STUN server sees it.</summary>
    /// <param name="address">The address that the server saw.</param>
    /// <param name="host">The host candidate's address, from which the server was asked.</param>
    public static IceCandidate ServerReflexive(TransportAddress address, TransportAddress host) =>
        new("s1", ComputePriority(IceCandidateType.ServerReflexive, 65535), address, IceCandidateType.ServerReflexive,
            host);

    /// <summary>An address that a TURN server relays for us.</summary>
    /// <param name="address">The relayed address.</param>
    /// <param name="mapped">Our own address as the server sees it; none to hide it.</param>
    /// <param name="number">Which of our relays this is, from 0: the order of preference.</param>
    public static IceCandidate Relayed(TransportAddress address, TransportAddress mapped, int number) =>
        new(string.Create(CultureInfo.InvariantCulture, $"r{number}"),
            ComputePriority(IceCandidateType.Relayed, 65535 - number), address, IceCandidateType.Relayed, mapped);

    /// <summary>The priority of RFC 8445 section 5.1.2.1 with its recommended type preferences, component 1.</summary>
    public static uint ComputePriority(IceCandidateType type, int localPreference)
    {
        var typePreference = type switch
        {
            IceCandidateType.Host => 126u,
            IceCandidateType.PeerReflexive => 110u,
            IceCandidateType.ServerReflexive => 100u,
            _ => 0u,
        };
        return (typePreference << 24) | ((uint)(localPreference & 0xFFFF) << 8) | 255;
    }

    /// <summary>Reads "candidate:…", with or without "a=" before it. Unknown extensions are skipped.</summary>
    /// <returns><see cref="IceCandidateResult.Accepted"/> and the candidate, or why there is none.</returns>
    public static IceCandidateResult TryParse(ReadOnlySpan<char> text, out IceCandidate? candidate)
    {
        candidate = null;
        text = text.Trim();
        if (text.Length > MaxTextLength) return IceCandidateResult.Malformed;
        if (text.StartsWith("a=", StringComparison.Ordinal)) text = text[2..];
        if (!text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return IceCandidateResult.Malformed;
        text = text[Prefix.Length..];

        var foundation = NextToken(ref text);
        var component = NextToken(ref text);
        var transport = NextToken(ref text);
        var priorityText = NextToken(ref text);
        var host = NextToken(ref text);
        var portText = NextToken(ref text);
        if (!IsFoundation(foundation) || !TryNumber(component, 256, out var componentId) || componentId == 0
            || !TryNumber(priorityText, uint.MaxValue, out var priority) || !TryNumber(portText, 65535, out var port)
            || host.IsEmpty || !NextToken(ref text).SequenceEqual("typ") || !TryType(NextToken(ref text), out var type))
        {
            return IceCandidateResult.Malformed;
        }

        if (componentId != 1) return IceCandidateResult.UnsupportedComponent;
        if (!transport.Equals("udp", StringComparison.OrdinalIgnoreCase))
            return IceCandidateResult.UnsupportedTransport;
        if (!TryAddress(host, (int)port, out var address))
        {
            return IsHostName(host) ? IceCandidateResult.HostName : IceCandidateResult.Malformed;
        }

        if (!address.IsUnicast) return IceCandidateResult.Malformed;
        candidate = new(foundation.ToString(), (uint)priority, address, type, ReadRelatedAddress(text));
        return IceCandidateResult.Accepted;
    }

    /// <summary>"candidate:…" as of RFC 8839, without "a=".</summary>
    public override string ToString()
    {
        var related = Type == IceCandidateType.Host ? ""
            : RelatedAddress.IsSpecified ? $" raddr {RelatedAddress.ToIPAddress()} rport {RelatedAddress.Port}"
            : Address.IsIPv4 ? " raddr 0.0.0.0 rport 0" : " raddr :: rport 0";
        var address = Address.ToIPAddress();
        return string.Create(CultureInfo.InvariantCulture,
            $"{Prefix}{Foundation} 1 udp {Priority} {address} {Address.Port} typ {TypeName(Type)}{related}");
    }

    /// <summary>
    /// The ufrag of the description that a trickled candidate belongs to, where it says so (RFC 8838 section 11.2).
    /// </summary>
    public static ReadOnlySpan<char> UfragOf(ReadOnlySpan<char> candidate)
    {
        while (!candidate.IsEmpty)
        {
            if (NextToken(ref candidate).SequenceEqual("ufrag")) return NextToken(ref candidate);
        }

        return default;
    }

    private static TransportAddress ReadRelatedAddress(ReadOnlySpan<char> extensions)
    {
        ReadOnlySpan<char> host = default, port = default;
        while (!extensions.IsEmpty)
        {
            var name = NextToken(ref extensions);
            var value = NextToken(ref extensions);
            if (name.SequenceEqual("raddr")) host = value;
            else if (name.SequenceEqual("rport")) port = value;
        }

        return TryNumber(port, 65535, out var number) && TryAddress(host, (int)number, out var address)
            ? address : default;
    }

    private static ReadOnlySpan<char> NextToken(scoped ref ReadOnlySpan<char> text)
    {
        text = text.TrimStart(' ');
        var end = text.IndexOf(' ');
        var token = end < 0 ? text : text[..end];
        text = text[token.Length..];
        return token;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, long max, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max;

    private static bool IsFoundation(ReadOnlySpan<char> text)
    {
        // RFC 8839 allows 32; some agents write longer ones, which does no harm.
        if (text.Length is 0 or > 64) return false;
        foreach (var c in text)
        {
            if (c is <= ' ' or > '~') return false;
        }

        return true;
    }

    private static bool TryAddress(ReadOnlySpan<char> text, int port, out TransportAddress address)
    {
        address = default;

        // IPAddress also reads "1", "0x7f.1" and "[::1]:80"; a candidate's address is dotted or has colons only.
        if (text.ContainsAnyExcept(AddressChars)) return false;
        if (!IPAddress.TryParse(text, out var parsed)) return false;
        if (parsed.AddressFamily == AddressFamily.InterNetwork && text.Count('.') != 3) return false;
        address = TransportAddress.From(parsed, port);
        return true;
    }

    private static bool IsHostName(ReadOnlySpan<char> text)
    {
        var hasLetter = false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')) return false;
            hasLetter |= char.IsAsciiLetter(c);
        }

        return hasLetter && text.Contains('.');
    }

    private static bool TryType(ReadOnlySpan<char> text, out IceCandidateType type)
    {
        (var known, type) = text switch
        {
            "host" => (true, IceCandidateType.Host),
            "srflx" => (true, IceCandidateType.ServerReflexive),
            "prflx" => (true, IceCandidateType.PeerReflexive),
            "relay" => (true, IceCandidateType.Relayed),
            _ => (false, default),
        };
        return known;
    }

    private static string TypeName(IceCandidateType type) => type switch
    {
        IceCandidateType.Host => "host",
        IceCandidateType.ServerReflexive => "srflx",
        IceCandidateType.PeerReflexive => "prflx",
        _ => "relay",
    };
}
