using GoTo.Client;
using GoTo.Numbers;
using GoTo.Tenants;

namespace GoTo.EndToEnd.Tests;

/// <summary>The registry as services and operators use it. Each test has numbers and tenants of its own.</summary>
[Collection(HouseCollection.Name)]
public sealed class RegistryTests(House house)
{
    private INumbers Numbers => house.Service.GoTo.Numbers;

    [Fact]
    public async Task A_number_is_listed_with_the_tenant_that_has_it_and_with_no_other()
    {
        var number = Numbers.Read("(555) 555-0150", "US");
        var registration = new NumberRegistration("list-a", "echo") { Metadata = new Dictionary<string, string> { ["k"] = "v" } };

        Assert.True((await Numbers.Register(number, registration)).IsNew);
        Assert.Equal([new RegisteredNumber(number, registration)], await Numbers.List("list-a"));
        Assert.Contains(new RegisteredNumber(number, registration), await Numbers.List());
        Assert.Contains("list-a", await house.Service.GoTo.Tenants.List());

        Assert.False((await Numbers.Register(number, registration with { Tenant = "list-b" })).IsNew);
        Assert.Empty(await Numbers.List("list-a"));
        Assert.Equal(registration with { Tenant = "list-b" }, Assert.Single(await Numbers.List("list-b")).Registration);

        Assert.True(await Numbers.Release(number));
        Assert.False(await Numbers.Release(number));
        Assert.Empty(await Numbers.List("list-b"));
        Assert.Null(await Numbers.Find(number));
    }

    [Fact]
    public async Task The_configured_numbers_are_listed_too() => Assert.Superset(
        new HashSet<string> { World.Number, World.NumberOfLateAgent },
        (await Numbers.List("acme")).Select(number => number.Number.ToString()).ToHashSet());

    [Fact]
    public async Task A_number_that_no_line_of_GoTo_has_is_registered_with_a_warning()
    {
        var known = PhoneNumber.Parse(World.UnknownNumber);
        var strange = PhoneNumber.Parse("+4930901820");
        try
        {
            Assert.Empty((await Numbers.Register(known, new("lines", "echo"))).Warnings);
            Assert.Contains("no line 'nowhere'", Assert.Single((await Numbers.Register(known, new("lines", "echo") { LineId = "nowhere" })).Warnings), StringComparison.Ordinal);
            Assert.Contains("No line", Assert.Single((await Numbers.Register(strange, new("lines", "echo"))).Warnings), StringComparison.Ordinal);
            Assert.NotNull(await Numbers.Find(strange));
        }
        finally
        {
            await Numbers.Release(known);
            await Numbers.Release(strange);
        }
    }

    [Fact]
    public async Task A_registration_that_breaks_rules_is_refused_by_name_and_changes_nothing()
    {
        var number = PhoneNumber.Parse("+15555550151");
        var good = new NumberRegistration("rules", "echo");
        await Numbers.Register(number, good);

        var e = await Assert.ThrowsAsync<InvalidRegistrationException>(() => Numbers.Register(
            number, good with { Agent = "", Fallback = "somewhere", Metadata = new Dictionary<string, string> { ["k"] = new('x', 5000) } }));

        Assert.Equal(["Agent", "Fallback", "Metadata"], e.Problems.Select(problem => problem.Split(' ', ':')[0]));
        Assert.Equal(number, e.Number);
        Assert.DoesNotContain(number.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Equal(good, await Numbers.Find(number));
    }

    [Fact]
    public async Task A_tenant_neither_sees_nor_changes_what_is_anothers()
    {
        var number = PhoneNumber.Parse("+15555550152");
        var theirs = new NumberRegistration("victim", "echo");
        await Numbers.Register(number, theirs);
        var settings = new Dictionary<string, string?>(house.Settings) { ["GoTo:Client:Tenant"] = "intruder" };
        await using var intruder = await Service.Connect(settings);
        var (numbers, tenants) = (intruder.GoTo.Numbers, intruder.GoTo.Tenants);

        await Assert.ThrowsAsync<ForeignTenantException>(() => numbers.Find(number));
        await Assert.ThrowsAsync<ForeignTenantException>(() => numbers.Register(number, theirs with { Tenant = "intruder" }));
        await Assert.ThrowsAsync<ForeignTenantException>(() => numbers.Register(PhoneNumber.Parse("+15555550153"), theirs));
        await Assert.ThrowsAsync<ForeignTenantException>(() => numbers.Release(number));
        await Assert.ThrowsAsync<ForeignTenantException>(() => numbers.List("victim"));
        await Assert.ThrowsAsync<ForeignTenantException>(() => tenants.Get("victim"));
        await Assert.ThrowsAsync<ForeignTenantException>(() => tenants.SetQuotas("intruder", new TenantQuotas()));

        Assert.Equal(theirs, await Numbers.Find(number));
        Assert.Null(await Numbers.Find(PhoneNumber.Parse("+15555550153")));
        Assert.DoesNotContain(await numbers.List(), n => n.Registration.Tenant != "intruder");
    }

    [Fact]
    public async Task An_exported_file_can_be_imported_again_and_a_refused_number_leaves_the_others()
    {
        const string csv = "number,tenant,agents\n+15555550154,files,echo\n+15555550155,files,echo|echo\n+15555550156,files,echo|late\n";

        var import = await Numbers.Import(new StringReader(csv), NumberFileFormat.Csv, TestContext.Current.CancellationToken);

        Assert.Equal((2, 0), (import.Registered, import.Changed));
        Assert.Equal("+15555550155", Assert.Single(import.Refused).Number.ToString());
        var file = new StringWriter();
        await Numbers.Export(file, NumberFileFormat.Json, "files");
        import = await Numbers.Import(new StringReader(file.ToString()), NumberFileFormat.Json, TestContext.Current.CancellationToken);
        Assert.Equal((0, 2, 0), (import.Registered, import.Changed, import.Refused.Count));
        await Assert.ThrowsAsync<NumberFileException>(() => Numbers.Import(
            new StringReader("number,tenant,agents\n+15555550154,files,other\n12,files,other\n"), NumberFileFormat.Csv, TestContext.Current.CancellationToken));
        Assert.DoesNotContain(await Numbers.List("files"), number => number.Registration.Agent == "other");
    }

    [Fact]
    public async Task Quotas_are_kept_and_a_negative_one_is_refused()
    {
        var tenants = house.Service.GoTo.Tenants;
        var quotas = new TenantQuotas { ConcurrentCalls = 3, DialsPerMinute = 10 };
        await tenants.SetQuotas("quotas", quotas);
        await Assert.ThrowsAsync<InvalidQuotasException>(() => tenants.SetQuotas("quotas", quotas with { DialsPerMinute = -1 }));
        var tenant = await tenants.Get("quotas");
        Assert.Equal((quotas, 0, 0), (tenant.Quotas, tenant.LiveCalls.Count, tenant.DialsThisMinute));
    }
}
