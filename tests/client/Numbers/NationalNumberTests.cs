namespace GoTo.Client.Tests.Numbers;

public sealed class NationalNumberTests
{
    [Theory]
    [InlineData("+1 (555) 987-6543", null, "+15559876543")]
    [InlineData("(555) 987-6543", "US", "+15559876543")]
    [InlineData("1-555-987-6543", "us", "+15559876543")]
    [InlineData("030 901820", "DE", "+4930901820")]
    [InlineData("0049 30 901820", "DE", "+4930901820")]
    [InlineData("020 7946 0018", "GB", "+442079460018")]
    [InlineData("01 42 68 53 00", "FR", "+33142685300")]
    [InlineData("06 698 12345", "IT", "+390669812345")]
    [InlineData(" +442079460018 ", "US", "+442079460018")]
    public void A_number_as_people_write_it_becomes_E164(string text, string? region, string e164) =>
        Assert.Equal(e164, NationalNumbers.Read(text, region).ToString());

    [Theory]
    [InlineData("555 987 6543", null, "needs a region")]
    [InlineData("555 987 6543", "XX", "no region")]
    [InlineData("12", "US", "no phone number in US|too short or too long for a number in US")]
    [InlineData("+1 555 987 6543 ext. 7", "US", "extension")]
    [InlineData("not a number", "US", "no phone number in US")]
    [InlineData("", "US", "no phone number in US")]
    [InlineData("555 987 6543 555 987 6543", "US", "no phone number|too short or too long")]
    public void What_is_no_number_is_refused_with_a_reason_that_does_not_quote_it(string text, string? region, string why)
    {
        var e = Assert.Throws<InvalidPhoneNumberException>(() => NationalNumbers.Read(text, region));
        Assert.Contains(why.Split('|'), part => e.Message.Contains(part, StringComparison.Ordinal));
        if (text.Length > 2) Assert.DoesNotContain(text, e.Message, StringComparison.Ordinal);
    }
}
