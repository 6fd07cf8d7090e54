using System.Net;
using GoTo.Silo.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;

namespace GoTo.Silo.Tests.Cluster;

/// <summary>What Orleans does with a grain call whose silo cannot be told, in a silo as production composes it.</summary>
public sealed class PlacementRetryTests : IAsyncDisposable
{
    private static readonly SiloAddress Found = SiloAddress.New(IPAddress.Loopback, 11111, 1);

    private readonly WebApplication _silo;

    public PlacementRetryTests()
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddGoToCluster();
        _silo = builder.Build();
    }

    private ResiliencePipeline<SiloAddress> Policy =>
        _silo.Services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline<SiloAddress>(PlacementRetry.Policy);

    [Fact]
    public async Task A_lookup_that_is_cancelled_by_the_death_of_a_silo_is_done_again()
    {
        var tries = 0;
        var found = await Policy.ExecuteAsync(
            _ => ++tries == 1 ? throw new OperationCanceledException() : ValueTask.FromResult(Found), TestContext.Current.CancellationToken);
        Assert.Equal((Found, 2), (found, tries));
    }

    [Fact]
    public async Task A_silo_that_stops_looks_no_longer()
    {
        using var stopping = new CancellationTokenSource();
        var tries = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Policy.ExecuteAsync(
            token =>
            {
                tries++;
                stopping.Cancel();
                token.ThrowIfCancellationRequested();
                return ValueTask.FromResult(Found);
            },
            stopping.Token));
        Assert.Equal(1, tries);
    }

    public ValueTask DisposeAsync() => _silo.DisposeAsync();
}
