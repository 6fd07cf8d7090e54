namespace GoTo.Numbers;

[GrainType("phone-number")]
internal sealed class PhoneNumberGrain(
    [PersistentState("phone-number", "calls")] IPersistentState<StoredRegistration> stored) : Grain, IPhoneNumberGrain
{
    public Task<NumberRegistration?> Find() => Task.FromResult(stored.State.Registration);

    public async Task Register(NumberRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        if (registration == stored.State.Registration) return;
        stored.State = new StoredRegistration { Registration = registration };
        await stored.WriteStateAsync();
    }

    public async Task Release()
    {
        stored.State = new StoredRegistration();
        await stored.WriteStateAsync();
    }
}

internal sealed record StoredRegistration
{
    public NumberRegistration? Registration { get; init; }
}
