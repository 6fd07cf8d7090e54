using GoTo.Calls;
using GoTo.Numbers;

namespace GoTo.EndToEnd.Tests;

/// <summary>The registry of numbers, as the client changes it and calls find it.</summary>
public sealed class NumberTests : IAsyncLifetime
{
    private static readonly PhoneNumber Configured = PhoneNumber.Parse(World.Number);
    private static readonly PhoneNumber Unregistered = PhoneNumber.Parse(World.UnknownNumber);

    private World _world = null!;

    public async ValueTask InitializeAsync() => _world = await World.Start();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task What_was_registered_or_released_stays_so_when_the_silo_starts_again_with_its_configuration()
    {
        var settings = _world.SiloSettings();
        var registration = new NumberRegistration("globex", "echo") { AgentTimeout = TimeSpan.FromSeconds(20) };
        await using (var silo = await SiloProcess.Start(settings))
        await using (var service = await Service.Connect(settings))
        {
            var numbers = service.GoTo.Numbers;
            Assert.Equal(new NumberRegistration("acme", "echo"), await numbers.Find(Configured));
            Assert.Null(await numbers.Find(Unregistered));

            await numbers.Register(Unregistered, registration);
            await numbers.Release(Configured);

            Assert.Equal(0, await silo.Stop());
        }
        await using var next = await SiloProcess.Start(settings);
        await using var later = await Service.Connect(settings);
        await later.ChannelUp();

        Assert.Equal(registration, await later.GoTo.Numbers.Find(Unregistered));
        Assert.Null(await later.GoTo.Numbers.Find(Configured));
        await using (var phone = _world.Dial(Speech.Short, World.UnknownNumber)) await phone.IsFlawless();
        await using (var phone = _world.Dial(Speech.Short, World.Number))
        {
            await using var journal = later.Follow(await phone.Rings());
            Assert.Contains(new NumberUnknown(), await journal.ToEnd());
        }
    }
}
