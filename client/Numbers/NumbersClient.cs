using GoTo.Calls;
using GoTo.Numbers;
using GoTo.Tenants;

namespace GoTo.Client;

internal sealed class NumbersClient(IGrainFactory grains, string? region) : INumbers
{
    /// <summary>How many registrations of an import are under way at once.</summary>
    private const int AtOnce = 16;

    public PhoneNumber Read(string text, string? ownRegion = null) => NationalNumbers.Read(text, ownRegion ?? region);

    public Task<NumberRegistration?> Find(PhoneNumber number) => grains.PhoneNumber(number).Find();

    public async Task<IReadOnlyList<RegisteredNumber>> List(string? tenant = null)
    {
        if (tenant is not null) return await grains.Tenant(tenant).Numbers();
        var all = await Task.WhenAll((await grains.TenantDirectory().List()).Select(name => grains.Tenant(name).Numbers()));
        return [.. all.SelectMany(numbers => numbers).OrderBy(number => number.Number.ToString(), StringComparer.Ordinal)];
    }

    public Task<NumberRegistered> Register(PhoneNumber number, NumberRegistration registration) =>
        grains.PhoneNumber(number).Register(registration);

    public Task<bool> Release(PhoneNumber number) => grains.PhoneNumber(number).Release();

    public async Task<NumberImport> Import(TextReader file, NumberFileFormat format, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        var results = new List<NumberRegistered>();
        var (warnings, refused) = (new List<NumberRemark>(), new List<NumberRemark>());
        foreach (var some in (await NumberFile.Read(file, format, region)).Chunk(AtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var replies = await Task.WhenAll(some.Select(number => TryRegister(number.Number, number.Registration)));
            foreach (var (number, reply, why) in replies)
            {
                if (reply is null) refused.Add(new NumberRemark(number, why!));
                else results.Add(reply);
                warnings.AddRange(reply?.Warnings.Select(warning => new NumberRemark(number, warning)) ?? []);
            }
        }
        return new NumberImport(results.Count(reply => reply.IsNew), results.Count(reply => !reply.IsNew), warnings, refused);
    }

    public async Task Export(TextWriter file, NumberFileFormat format, string? tenant = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        await NumberFile.Write(file, format, await List(tenant));
    }

    private async Task<(PhoneNumber Number, NumberRegistered? Reply, string? Why)> TryRegister(PhoneNumber number, NumberRegistration registration)
    {
        try
        {
            return (number, await Register(number, registration), null);
        }
        catch (InvalidRegistrationException e)
        {
            return (number, null, string.Join(" ", e.Problems));
        }
        catch (ForeignTenantException e)
        {
            return (number, null, e.Message);
        }
    }
}
