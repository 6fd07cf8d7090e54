namespace GoTo.Api;

/// <summary>A line of the account: an extension with its phone numbers (specification section 7.1).</summary>
/// <param name="Id">The line's id.</param>
/// <param name="Extension">The extension, for instance <c>1001</c>.</param>
/// <param name="DisplayName">The line's name.</param>
/// <param name="Type">What kind of line it is, as GoTo says it.</param>
/// <param name="Status">Whether it is in use, as GoTo says it.</param>
/// <param name="PhoneNumbers">Its numbers.</param>
public sealed record Line(
    string Id,
    string? Extension,
    string? DisplayName,
    string? Type,
    string? Status,
    IReadOnlyList<LinePhoneNumber> PhoneNumbers);

/// <summary>A phone number of a line.</summary>
/// <param name="Number">The number as GoTo writes it, E.164 as a rule.</param>
/// <param name="Type">What kind of number it is, as GoTo says it.</param>
public sealed record LinePhoneNumber(string Number, string? Type);
