using GoTo.Simulator.Cloud;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.Api.Tests;

/// <summary>The simulated cloud over TLS, with a certificate that clients trust by its fingerprint (decision D11).</summary>
public sealed class TlsTests
{
    [Fact]
    public async Task The_first_call_passes_over_https_and_wss()
    {
        await using var cloud = await Start();
        await using var services = Client();
        var api = services.GetRequiredService<GoToApi>();
        var account = Trusting(cloud);
        using var tokens = new LoggedInAccount(api.Tokens(account), TimeProvider.System);
        await using var events = new EventReader(
            api.OpenEventStream(account, tokens, new EventStreamOptions { Seed = 1 }));
        await events.Next<StreamConnected>();

        var call = await api.WebCalls(account, tokens).Dial(
            new OutboundCall
            {
                To = DialString.Parse("tel:+15551234567"), LineId = Given.LineId, CallerId = Given.Number,
                IdempotencyKey = "dial-1",
            },
            Given.Cancellation);
        await api.WebCalls(account, tokens).Answer(call.CallId, Sdp.Answer, Given.Cancellation);

        Assert.Equal("https", cloud.BaseUrl.Scheme);
        Assert.Equal("wss", cloud.PhoneSocketUrl.Scheme);
        Assert.Equal(call.CallId, (await events.NextEvent<CallConnected>()).CallId);
    }

    [Fact]
    public async Task A_diagnosis_passes_over_TLS()
    {
        await using var cloud = await Start();
        await using var services = Client();

        await foreach (var step in services.GetRequiredService<GoToApi>()
            .Diagnose(Trusting(cloud), cancellation: Given.Cancellation))
        {
            Assert.True(step.Result != DiagnosisResult.Failed, $"{step}");
        }
    }

    [Fact]
    public async Task Without_the_fingerprint_the_credentials_go_nowhere()
    {
        await using var cloud = await Start();
        await using var services = Client();

        await Assert.ThrowsAsync<GoToUnavailableException>(
            () => services.GetRequiredService<GoToApi>().Tokens(Given.Options(cloud)).LogIn(Given.Cancellation));

        Assert.Equal(0, cloud.State.Tokens.Count);
    }

    /// <summary>Two runs have two certificates, and what one account trusts, another does not.</summary>
    [Fact]
    public async Task An_account_trusts_the_certificate_that_it_names_and_no_other()
    {
        await using var one = await Start();
        await using var other = await Start();
        await using var services = Client();
        var api = services.GetRequiredService<GoToApi>();
        var mistaken = Trusting(one);
        mistaken.BaseUrl = other.BaseUrl;

        await api.Tokens(Trusting(one)).LogIn(Given.Cancellation);
        await api.Tokens(Trusting(other)).LogIn(Given.Cancellation);
        await Assert.ThrowsAsync<GoToUnavailableException>(() => api.Tokens(mistaken).LogIn(Given.Cancellation));

        Assert.Equal((1, 1), (one.State.Tokens.Count, other.State.Tokens.Count));
    }

    private static Task<GoToCloud> Start() => GoToCloud.Start(
        new GoToCloudOptions { Tls = true }, TimeProvider.System, NullLoggerFactory.Instance, Given.Cancellation);

    private static GoToAccountOptions Trusting(GoToCloud cloud)
    {
        var account = Given.Options(cloud);
        account.CertificateFingerprint = cloud.CertificateFingerprint;
        return account;
    }

    private static ServiceProvider Client() => new ServiceCollection().AddGoToApi(seed: 1).BuildServiceProvider();
}
