using GoTo.Tenants;
using Orleans.Concurrency;

namespace GoTo.Numbers;

/// <summary>
/// The registry's entry of one number (specification section 7.2). Key: the number in E.164 form. The grain is the
/// cache; the registration is stored. A caller that acts for a tenant sees and changes that tenant's numbers only.
/// </summary>
[GrainInterfaceType("phone-number"), Alias("phone-number")]
public interface IPhoneNumberGrain : IGrainWithStringKey
{
    /// <summary>The number's registration; null when nobody registered it.</summary>
    /// <exception cref="ForeignTenantException">It is another tenant's.</exception>
    [AlwaysInterleave, Alias("find")]
    Task<NumberRegistration?> Find();

    /// <summary>
    /// Registers the number, or changes its registration. Whether GoTo's lines have it is looked up too: what does not
    /// fit is told, and no reason to refuse, since a number can reach a line by a dial plan (resolution D3).
    /// </summary>
    /// <exception cref="InvalidRegistrationException">The registration breaks a rule; nothing was changed.</exception>
    /// <exception cref="ForeignTenantException">It is, or would become, another tenant's; nothing was changed.</exception>
    [Alias("register")]
    Task<NumberRegistered> Register(NumberRegistration registration);

    /// <summary>Forgets the number. Calls to it are then those to an unknown number. False when nobody had registered it.</summary>
    /// <exception cref="ForeignTenantException">It is another tenant's; nothing was changed.</exception>
    [Alias("release")]
    Task<bool> Release();
}

/// <summary>What came of a registration.</summary>
/// <param name="IsNew">Nobody had registered the number before.</param>
/// <param name="Warnings">What an operator should look at, in sentences: GoTo's lines do not have the number, say.</param>
[GenerateSerializer, Immutable, Alias("number.registered")]
public sealed record NumberRegistered(bool IsNew, IReadOnlyList<string> Warnings);

/// <summary>A number and what it means.</summary>
/// <param name="Number">The number.</param>
/// <param name="Registration">What a call to it means.</param>
[GenerateSerializer, Immutable, Alias("number.registered-number")]
public sealed record RegisteredNumber(PhoneNumber Number, NumberRegistration Registration);
