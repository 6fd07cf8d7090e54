namespace GoTo.EndToEnd.Tests;

/// <summary>One silo in a process of its own, alone with SQLite, for the tests that leave it as they found it.</summary>
public sealed class House : IAsyncLifetime
{
    internal World World { get; private set; } = null!;

    /// <summary>The silo's settings, by which another service can connect.</summary>
    internal IReadOnlyDictionary<string, string?> Settings { get; private set; } = null!;

    internal SiloProcess Silo { get; private set; } = null!;

    internal Service Service { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        World = await World.Start();
        Settings = World.SiloSettings();
        Silo = await SiloProcess.Start(Settings);
        Service = await Service.Connect(Settings);
        await Service.ChannelUp();
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        await Silo.DisposeAsync();
        await World.DisposeAsync();
    }

    /// <summary>The house works: a call comes back bit-exact.</summary>
    internal async Task TakesACall()
    {
        await using var phone = World.Dial(Speech.Short);
        await phone.IsFlawless();
    }
}

/// <summary>The tests that share a <see cref="House"/>.</summary>
[CollectionDefinition(Name)]
#pragma warning disable CA1711 // xunit's word
public sealed class HouseCollection : ICollectionFixture<House>
#pragma warning restore CA1711
{
    public const string Name = "one silo";
}
