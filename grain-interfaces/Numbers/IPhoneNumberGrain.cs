using Orleans.Concurrency;

namespace GoTo.Numbers;

/// <summary>
/// The registry's entry of one number (specification section 7.2). Key: the number in E.164 form. The grain is the
/// cache; the registration is stored.
/// </summary>
[GrainInterfaceType("phone-number"), Alias("phone-number")]
public interface IPhoneNumberGrain : IGrainWithStringKey
{
    /// <summary>The number's registration; null when nobody registered it.</summary>
    [AlwaysInterleave, Alias("find")]
    Task<NumberRegistration?> Find();

    /// <summary>Registers the number, or changes its registration.</summary>
    [Alias("register")]
    Task Register(NumberRegistration registration);

    /// <summary>Forgets the number. Calls to it are then refused.</summary>
    [Alias("release")]
    Task Release();
}

/// <summary>What a call to a number means.</summary>
/// <param name="Tenant">Whose number it is.</param>
/// <param name="Agent">The LiveKit agent name that is dispatched to the call's room.</param>
[GenerateSerializer, Immutable, Alias("number.registration")]
public sealed record NumberRegistration(string Tenant, string Agent)
{
    /// <summary>How long the phone may ring while the agent gets ready; then the call is refused as busy. 10 s unless set.</summary>
    [Id(0)] public TimeSpan AgentTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
