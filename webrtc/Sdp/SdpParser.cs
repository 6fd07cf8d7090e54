using System.Globalization;

namespace GoTo.WebRtc.Sdp;

/// <summary>
/// Reads session descriptions (RFC 8866) line by line, without backtracking and within limits. Attributes that this
/// engine does not use are skipped unread; a malformed line among the others is refused by its number.
/// </summary>
internal static class SdpParser
{
    public const int MaxLength = 32 * 1024;
    public const int MaxLinesPerSection = 256;
    public const int MaxSections = 32;

    /// <exception cref="SdpException">A line is malformed or a limit is passed.</exception>
    public static SessionDescription Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
            throw new SdpException(SdpError.TooLarge, $"a description has at most {MaxLength} characters");
        var session = new SessionReader();
        var sections = new List<MediaReader>();
        var rest = text.AsSpan();
        var linesInSection = 0;
        for (var number = 1; !rest.IsEmpty; number++)
        {
            var line = new SdpLine(NextLine(ref rest), number);
            if (line.Text.IsEmpty && rest.Trim("\r\n").IsEmpty)
                break;
            line.Validate();
            if (line.Type == 'm')
            {
                SessionReader.Require(line, "s", session.HasName);
                if (sections.Count == MaxSections)
                    throw line.TooLarge($"a description has at most {MaxSections} sections");
                sections.Add(new MediaReader(line));
                linesInSection = 0;
            }
            if (++linesInSection > MaxLinesPerSection)
                throw line.TooLarge($"a section has at most {MaxLinesPerSection} lines");
            if (line.Type == 'm')
                continue;
            if (sections.Count == 0)
                session.Read(line);
            else
                sections[^1].Read(line);
        }
        if (!session.HasName)
            throw new SdpException(SdpError.Malformed, "v=, o= and s= lines are required");
        return session.Build(sections.ConvertAll(section => section.Build()));
    }

    private static ReadOnlySpan<char> NextLine(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('\n');
        var line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return line is [.., '\r'] ? line[..^1] : line;
    }
}

/// <summary>One line with its number, and the readings that blame it when they fail.</summary>
internal readonly ref struct SdpLine(ReadOnlySpan<char> text, int number)
{
    public ReadOnlySpan<char> Text { get; } = text;

    public int Number { get; } = number;

    public char Type => Text[0];

    /// <summary>What follows "x=".</summary>
    public ReadOnlySpan<char> Value => Text[2..];

    /// <summary>Checks the form "x=..." and that there are no control characters.</summary>
    public void Validate()
    {
        if (Text.Length < 2 || Text[1] != '=' || !char.IsAsciiLetterLower(Text[0]))
            throw Malformed("a line is a lower-case letter, '=' and a value");
        foreach (var c in Text)
        {
            if (char.IsControl(c) && c != '\t')
                throw Malformed("a line has no control characters");
        }
    }

    public SdpException Malformed(string rule) => new(SdpError.Malformed, rule, Number);

    public SdpException TooLarge(string rule) => new(SdpError.TooLarge, rule, Number);

    /// <summary>Splits off the next space-separated field; empty at the end.</summary>
    public static ReadOnlySpan<char> NextField(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart(' ');
        var end = rest.IndexOf(' ');
        var field = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return field;
    }

    public uint Number32(ReadOnlySpan<char> digits, uint min, uint max, string rule)
        => uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= min && value <= max
            ? value
            : throw Malformed(rule);

    public ulong Number64(ReadOnlySpan<char> digits, string rule)
        => ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw Malformed(rule);

    public string Token(ReadOnlySpan<char> text, string rule, int maxLength = 256)
    {
        if (text.IsEmpty || text.Length > maxLength)
            throw Malformed(rule);
        foreach (var c in text)
        {
            // RFC 8866 section 9: token-char.
            if (c is <= ' ' or > '~' or '"' or '(' or ')' or ',' or '/' or ':' or ';' or '<' or '=' or '>' or '?' or '@'
                or '[' or '\\' or ']')
                throw Malformed(rule);
        }
        return text.ToString();
    }

    /// <summary>The address of a c= line: IN IP4|IP6 address.</summary>
    public string ConnectionAddress()
    {
        var rest = Value;
        var network = NextField(ref rest);
        var type = NextField(ref rest);
        var address = NextField(ref rest);
        if (network is not "IN" || type is not ("IP4" or "IP6") || address.IsEmpty || !rest.Trim(' ').IsEmpty)
            throw Malformed("c= is \"IN IP4 address\" or \"IN IP6 address\"");
        return address.ToString();
    }
}
