using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography;
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
        await using var services = Client(Pins(cloud.CertificateFingerprint!));
        var api = services.GetRequiredService<GoToApi>();
        var account = Given.Options(cloud);
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
    public async Task A_client_that_does_not_know_the_certificate_goes_no_further()
    {
        await using var cloud = await Start();
        using var http = new HttpClient { BaseAddress = cloud.BaseUrl };

        var failure = await Assert.ThrowsAsync<HttpRequestException>(
            () => http.GetAsync("/_sim/state", Given.Cancellation));

        Assert.Equal(HttpRequestError.SecureConnectionError, failure.HttpRequestError);
    }

    [Fact]
    public async Task Every_run_has_a_certificate_of_its_own()
    {
        await using var one = await Start();
        await using var other = await Start();
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = Pins(one.CertificateFingerprint!) },
        });

        using var reply = await http.GetAsync(new Uri(one.BaseUrl, "/_sim/state"), Given.Cancellation);

        Assert.True(reply.IsSuccessStatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(
            () => http.GetAsync(new Uri(other.BaseUrl, "/_sim/state"), Given.Cancellation));
    }

    private static Task<GoToCloud> Start() => GoToCloud.Start(
        new GoToCloudOptions { Tls = true }, TimeProvider.System, NullLoggerFactory.Instance, Given.Cancellation);

    private static RemoteCertificateValidationCallback Pins(string fingerprint) => (_, certificate, _, _) =>
        certificate is not null && certificate.GetCertHashString(HashAlgorithmName.SHA256) == fingerprint;

    /// <summary>The client as it is, but for whom it trusts.</summary>
    private static ServiceProvider Client(RemoteCertificateValidationCallback trusts)
    {
        var services = new ServiceCollection();
        services.AddGoToApi(seed: 1);
        services.AddHttpClient(ApiTransport.HttpClientName)
            .UseSocketsHttpHandler((handler, _) => handler.SslOptions.RemoteCertificateValidationCallback = trusts);
        services.AddSingleton<SocketConnector>(async (address, bearer, _, cancellation) =>
        {
            var socket = new ClientWebSocket();
            socket.Options.RemoteCertificateValidationCallback = trusts;
            socket.Options.SetRequestHeader("Authorization", $"Bearer {bearer}");
            await socket.ConnectAsync(address, cancellation);
            return socket;
        });
        return services.BuildServiceProvider();
    }
}
