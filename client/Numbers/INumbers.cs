using GoTo.Numbers;
using GoTo.Tenants;

namespace GoTo.Client;

/// <summary>Which number means what. A client that acts for a tenant sees and changes that tenant's numbers only.</summary>
public interface INumbers
{
    /// <summary>
    /// Reads a number as people write it: in E.164 form, or nationally, as in <c>(555) 987-6543</c>, in the region given.
    /// </summary>
    /// <param name="text">The number.</param>
    /// <param name="region">Where a national number is meant, as an ISO 3166 code such as <c>US</c>. The client's own unless given.</param>
    /// <exception cref="InvalidPhoneNumberException">The text is no number that can be dialed.</exception>
    PhoneNumber Read(string text, string? region = null);

    /// <summary>The number's registration; null when nobody registered it.</summary>
    /// <exception cref="ForeignTenantException">It is another tenant's.</exception>
    Task<NumberRegistration?> Find(PhoneNumber number);

    /// <summary>The registered numbers of a tenant, or of all, in order.</summary>
    /// <param name="tenant">Whose numbers. Null: all that the client may see.</param>
    /// <exception cref="ForeignTenantException">It is another tenant than the client's.</exception>
    Task<IReadOnlyList<RegisteredNumber>> List(string? tenant = null);

    /// <summary>
    /// Registers the number, or changes its registration. The reply warns when GoTo's lines do not fit; that is no refusal.
    /// </summary>
    /// <exception cref="InvalidRegistrationException">The registration breaks a rule; nothing was changed.</exception>
    /// <exception cref="ForeignTenantException">It is, or would become, another tenant's; nothing was changed.</exception>
    Task<NumberRegistered> Register(PhoneNumber number, NumberRegistration registration);

    /// <summary>Forgets the number. Calls to it are then refused. False when nobody had registered it.</summary>
    /// <exception cref="ForeignTenantException">It is another tenant's; nothing was changed.</exception>
    Task<bool> Release(PhoneNumber number);

    /// <summary>
    /// Registers every number of a file. A file that cannot be read changes nothing; a number that is refused is told in the
    /// report, and the others are registered. The same file again changes nothing more.
    /// </summary>
    /// <exception cref="NumberFileException">The file cannot be read; nothing was changed.</exception>
    Task<NumberImport> Import(TextReader file, NumberFileFormat format, CancellationToken cancellationToken = default);

    /// <summary>Writes the registered numbers of a tenant, or of all, so that <see cref="Import"/> can read them.</summary>
    Task Export(TextWriter file, NumberFileFormat format, string? tenant = null);
}

/// <summary>How a file of numbers is written.</summary>
public enum NumberFileFormat
{
    /// <summary>RFC 4180 with a header line; agents are parted by <c>|</c>, metadata is a JSON object.</summary>
    Csv,

    /// <summary>An array of objects.</summary>
    Json,
}

/// <summary>What came of an import.</summary>
/// <param name="Registered">How many numbers were new.</param>
/// <param name="Changed">How many were known, and are registered as the file says now.</param>
/// <param name="Warnings">What GoTo's lines say to them, by number.</param>
/// <param name="Refused">The numbers that were not registered, and why.</param>
public sealed record NumberImport(
    int Registered, int Changed, IReadOnlyList<NumberRemark> Warnings, IReadOnlyList<NumberRemark> Refused);

/// <summary>A sentence about a number.</summary>
/// <param name="Number">Which.</param>
/// <param name="Remark">The sentence.</param>
public sealed record NumberRemark(PhoneNumber Number, string Remark);

/// <summary>A text is no phone number. Write + and the country code, or give the region that it is meant in.</summary>
public sealed class InvalidPhoneNumberException(string why) : FormatException(why);

/// <summary>A file of numbers cannot be read. Nothing was changed; mend what <see cref="Problems"/> names.</summary>
public sealed class NumberFileException(IReadOnlyList<string> problems)
    : FormatException($"The file of numbers cannot be read: {string.Join(" ", problems)}")
{
    /// <summary>Each fault, with its row, counted from 1 without the header.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
