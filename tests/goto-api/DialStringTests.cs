namespace GoTo.Api.Tests;

/// <summary>Dial strings and touch tones: what is taken, how it is written, what the errors say.</summary>
public sealed class DialStringTests
{
    [Theory]
    [InlineData("tel:+15551234567", DialTarget.Telephone, "+15551234567", "tel:+15551234567")]
    [InlineData("TEL:+1 (555) 123-45.67", DialTarget.Telephone, "+15551234567", "tel:+15551234567")]
    [InlineData(" +15551234567 ", DialTarget.Telephone, "+15551234567", "tel:+15551234567")]
    [InlineData("ext:1001", DialTarget.Extension, "1001", "ext:1001")]
    [InlineData("1001", DialTarget.Extension, "1001", "ext:1001")]
    [InlineData("sip:Ann@Example.COM:5061", DialTarget.Sip, "Ann@example.com:5061", "sip:Ann@example.com:5061")]
    [InlineData("voicemail:1001", DialTarget.Voicemail, "1001", "voicemail:1001")]
    public void A_dial_string_is_read_and_written_in_one_form(
        string text, DialTarget target, string address, string written)
    {
        var read = DialString.Parse(text);

        Assert.Equal((target, address, written), (read.Target, read.Address, read.ToString()));
        Assert.Equal(read, DialString.Parse(written));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("   ", "empty")]
    [InlineData("tel:5551234567", "E.164")]
    [InlineData("tel:+05551234567", "E.164")]
    [InlineData("tel:+1234567890123456", "E.164")]
    [InlineData("tel:+1555CALLNOW", "E.164")]
    [InlineData("tel:+1555123４567", "E.164")]
    [InlineData("tel:", "E.164")]
    [InlineData("5551234567", "E.164")]
    [InlineData("ext:1", "ext:1001")]
    [InlineData("ext:+15551234567", "ext:1001")]
    [InlineData("ext:1001\n", null)]
    [InlineData("ext:10\n01", "ext:1001")]
    [InlineData("voicemail:", "voicemail:1001")]
    [InlineData("sip:nobody", "sip:user@example.com")]
    [InlineData("sip:a@b;transport=tcp", "sip:user@example.com")]
    [InlineData("sip:a@b?Replaces=x", "sip:user@example.com")]
    [InlineData("sip:a b@c", "sip:user@example.com")]
    [InlineData("fax:+15551234567", "must begin with")]
    public void What_is_no_dial_string_is_refused_in_words_that_help(string text, string? says)
    {
        if (says is null)
        {
            Assert.True(DialString.TryParse(text, out _, out _));
            return;
        }

        var refused = Assert.Throws<DialStringException>(() => DialString.Parse(text));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("555123", refused.Message.Replace("+15551234567", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_dial_string_is_refused() =>
        Assert.Contains("256", Assert.Throws<DialStringException>(
            () => DialString.Parse("sip:" + new string('a', 300) + "@b")).Message, StringComparison.Ordinal);

    [Fact]
    public void Touch_tones_have_the_specifications_tone_and_gap()
    {
        var digits = DtmfDigits.Parse("12*#aD");

        Assert.Equal(
            ("12*#AD", TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(50)),
            (digits.Digits, digits.Tone, digits.Gap));
        Assert.Equal([(TimeSpan.Zero, "12*#AD")], digits.Bursts);
    }

    [Fact]
    public void A_comma_waits_half_a_second_after_the_tones_before_it()
    {
        var digits = DtmfDigits.Parse(",12,,3,", TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(50));

        Assert.Equal(
            [(TimeSpan.FromMilliseconds(500), "12"), (TimeSpan.FromMilliseconds(1500), "3")], digits.Bursts);
    }

    [Theory]
    [InlineData("", 100, 50, "no digit")]
    [InlineData(",,", 100, 50, "no digit")]
    [InlineData("12E", 100, 50, "Character 3")]
    [InlineData("1 2", 100, 50, "Character 2")]
    [InlineData("1", 39, 50, "40 to 5000 ms")]
    [InlineData("1", 5001, 50, "40 to 5000 ms")]
    [InlineData("1", 100, 39, "gap")]
    public void Touch_tones_out_of_bounds_are_refused(string digits, int tone, int gap, string says)
    {
        var refused = Assert.Throws<DtmfException>(
            () => DtmfDigits.Parse(digits, TimeSpan.FromMilliseconds(tone), TimeSpan.FromMilliseconds(gap)));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sixty_four_digits_are_the_most()
    {
        Assert.Equal(64, DtmfDigits.Parse(new string('1', 64)).Digits.Length);
        Assert.Contains("65", Assert.Throws<DtmfException>(() => DtmfDigits.Parse(new string('1', 65))).Message,
            StringComparison.Ordinal);
    }
}
