using GoTo.Access;
using Microsoft.Extensions.Options;

namespace GoTo.Numbers;

/// <summary>What was registered through the client counts; for a number that never was, the configuration does.</summary>
[GrainType("phone-number")]
internal sealed class PhoneNumberGrain(
    [PersistentState("phone-number", "calls")] IPersistentState<StoredRegistration> stored, IOptions<NumberSettings> settings,
    LineDirectory lines)
    : Grain, IPhoneNumberGrain, INumberRouting
{
    private PhoneNumber Number => PhoneNumber.Parse(this.GetPrimaryKeyString());

    /// <summary>Whose the number is now, whoever asks.</summary>
    private NumberRegistration? Present =>
        stored.State.Registration ?? (stored.State.Released ? null : settings.Value.Number(this.GetPrimaryKeyString()));

    Task<NumberRegistration?> INumberRouting.Find() => Task.FromResult(Present);

    Task<NumberRegistration?> IPhoneNumberGrain.Find()
    {
        MustOwn(Present);
        return Task.FromResult(Present);
    }

    public async Task<NumberRegistered> Register(NumberRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        var before = Present;
        MustOwn(before);
        MustOwn(registration);
        if (RegistrationRules.Problems(registration) is { Count: > 0 } problems) throw new InvalidRegistrationException(Number, problems);
        // The new tenant's list first, the old one's last: a crash in between leaves a list too long, never too short.
        await GrainFactory.NumberOwner(registration.Tenant).AddNumber(Number);
        await Store(new StoredRegistration { Registration = registration });
        if (before is not null && before.Tenant != registration.Tenant) await GrainFactory.NumberOwner(before.Tenant).RemoveNumber(Number);
        return new NumberRegistered(before is null, await lines.Check(Number, registration.LineId));
    }

    public async Task<bool> Release()
    {
        var before = Present;
        MustOwn(before);
        if (before is null) return false;
        await Store(new StoredRegistration { Released = true });
        await GrainFactory.NumberOwner(before.Tenant).RemoveNumber(Number);
        return true;
    }

    private void MustOwn(NumberRegistration? registration)
    {
        if (registration is not null) Caller.MustOwn(registration.Tenant, $"Number {Number.Masked}");
    }

    private async Task Store(StoredRegistration registration)
    {
        if (registration == stored.State) return;
        var before = stored.State;
        stored.State = registration;
        try
        {
            await stored.WriteStateAsync();
        }
        catch
        {
            stored.State = before;
            DeactivateOnIdle();
            throw;
        }
    }
}

internal sealed record StoredRegistration
{
    public NumberRegistration? Registration { get; init; }

    /// <summary>Forgotten on purpose: the configuration does not count either.</summary>
    public bool Released { get; init; }
}
