using System.Buffers;

namespace GoTo.Api;

/// <summary>
/// Touch tones to send (specification section 5.1.4, decision C22): up to 64 of <c>0-9 * # A-D</c>, with commas for
/// pauses of half a second.
/// </summary>
public sealed record DtmfDigits
{
    /// <summary>How many characters there may be, commas included.</summary>
    public const int Longest = 64;

    /// <summary>How long one comma pauses.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>The shortest tone and the shortest gap: 40 ms, below which receivers miss digits.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(40);

    /// <summary>The longest tone: 5 s.</summary>
    public static readonly TimeSpan LongestTone = TimeSpan.FromMilliseconds(5000);

    private static readonly SearchValues<char> Allowed = SearchValues.Create("0123456789*#ABCD,");

    private DtmfDigits(string digits, TimeSpan tone, TimeSpan gap)
    {
        Digits = digits;
        Tone = tone;
        Gap = gap;
    }

    /// <summary>The digits and commas, letters in upper case.</summary>
    public string Digits { get; }

    /// <summary>How long each tone sounds.</summary>
    public TimeSpan Tone { get; }

    /// <summary>How long the silence between two tones is.</summary>
    public TimeSpan Gap { get; }

    /// <summary>
    /// What is sent at once and how long to wait before it: the digits between the commas. A pause at the very end is
    /// of no effect.
    /// </summary>
    internal IEnumerable<(TimeSpan Wait, string Digits)> Bursts
    {
        get
        {
            var wait = TimeSpan.Zero;
            foreach (var part in Digits.Split(','))
            {
                if (part.Length > 0)
                {
                    yield return (wait, part);
                    wait = part.Length * (Tone + Gap);
                }

                wait += Pause;
            }
        }
    }

    /// <summary>The same, tone by tone.</summary>
    internal IEnumerable<(TimeSpan Wait, string Digits)> Tones
    {
        get
        {
            var wait = TimeSpan.Zero;
            foreach (var character in Digits)
            {
                if (character == ',')
                {
                    wait += Pause;
                    continue;
                }

                yield return (wait, character.ToString());
                wait = Tone + Gap;
            }
        }
    }

    /// <summary>Checks digits, tone and gap.</summary>
    /// <param name="digits">1 to 64 of 0-9, *, #, A-D and commas, at least one of them a digit.</param>
    /// <param name="tone">40 to 5000 ms. Default: 100 ms, the specification's.</param>
    /// <param name="gap">At least 40 ms. Default: 50 ms, the specification's.</param>
    /// <exception cref="DtmfException">
    /// One of them is out of bounds; the message says which and what is allowed.
    /// </exception>
    public static DtmfDigits Parse(string digits, TimeSpan? tone = null, TimeSpan? gap = null)
    {
        ArgumentNullException.ThrowIfNull(digits);
        var upper = digits.ToUpperInvariant();
        if (upper.Length > Longest)
            throw new DtmfException($"{upper.Length} digits are too many: send at most {Longest} at once.");
        var wrong = upper.AsSpan().IndexOfAnyExcept(Allowed);
        if (wrong >= 0)
        {
            throw new DtmfException(
                $"Character {wrong + 1} is no touch tone: use 0-9, *, #, A-D, and commas for pauses.");
        }

        if (upper.All(character => character == ','))
            throw new DtmfException("There is no digit to send: give at least one of 0-9, *, #, A-D.");
        var sounding = tone ?? TimeSpan.FromMilliseconds(100);
        if (sounding < Shortest || sounding > LongestTone)
            throw new DtmfException("A tone must last from 40 to 5000 ms.");
        var silent = gap ?? TimeSpan.FromMilliseconds(50);
        if (silent < Shortest || silent > LongestTone)
            throw new DtmfException("The gap between tones must last from 40 to 5000 ms.");
        return new DtmfDigits(upper, sounding, silent);
    }
}

/// <summary>
/// Touch tones that cannot be sent. The message says which bound they break; it never quotes the digits.
/// </summary>
public sealed class DtmfException : FormatException
{
    internal DtmfException(string problem)
        : base(problem)
    {
    }
}
