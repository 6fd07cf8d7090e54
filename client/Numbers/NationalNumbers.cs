using PhoneNumbers;
using PhoneNumber = GoTo.Numbers.PhoneNumber;

namespace GoTo.Client;

/// <summary>Numbers as people write them, made E.164 by Google's libphonenumber: every country writes them in its own way.</summary>
internal static class NationalNumbers
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    public static PhoneNumber Read(string text, string? region)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        if (PhoneNumber.TryParse(trimmed, out var written)) return written;
        if (region is not null && Library.GetCountryCodeForRegion(region.ToUpperInvariant()) == 0)
            throw new InvalidPhoneNumberException($"'{region}' is no region; give an ISO 3166 code such as US.");
        if (region is null && !trimmed.StartsWith('+'))
        {
            throw new InvalidPhoneNumberException(
                "A number without + and a country code needs a region, such as US. Or write it as +15559876543.");
        }
        try
        {
            var number = Library.Parse(trimmed, region?.ToUpperInvariant());
            if (number.HasExtension) throw new InvalidPhoneNumberException("A number with an extension is no number of its own; leave the extension out.");
            if (Library.IsPossibleNumberWithReason(number) is not PhoneNumberUtil.ValidationResult.IS_POSSIBLE)
                throw new InvalidPhoneNumberException($"It is too short or too long for a number{In(region)}.");
            return PhoneNumber.Parse(Library.Format(number, PhoneNumberFormat.E164));
        }
        catch (Exception e) when (e is NumberParseException or FormatException and not InvalidPhoneNumberException)
        {
            throw new InvalidPhoneNumberException($"This is no phone number{In(region)}.");
        }
    }

    private static string In(string? region) => region is null ? "" : $" in {region.ToUpperInvariant()}";
}
