using GoTo.Accounts;
using Microsoft.Extensions.Options;

namespace GoTo.Numbers;

/// <summary>What was registered through the client counts; for a number that never was, the configuration does.</summary>
[GrainType("phone-number")]
internal sealed class PhoneNumberGrain(
    [PersistentState("phone-number", "calls")] IPersistentState<StoredRegistration> stored, IOptions<GoToSettings> settings)
    : Grain, IPhoneNumberGrain
{
    public Task<NumberRegistration?> Find()
    {
        var state = stored.State;
        return Task.FromResult(state.Registration ?? (state.Released ? null : settings.Value.Number(this.GetPrimaryKeyString())));
    }

    public Task Register(NumberRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        return Store(new StoredRegistration { Registration = registration });
    }

    public Task Release() => Store(new StoredRegistration { Released = true });

    private async Task Store(StoredRegistration registration)
    {
        if (registration == stored.State) return;
        stored.State = registration;
        await stored.WriteStateAsync();
    }
}

internal sealed record StoredRegistration
{
    public NumberRegistration? Registration { get; init; }

    /// <summary>Forgotten on purpose: the configuration does not count either.</summary>
    public bool Released { get; init; }
}
