using System.Net;
using System.Net.Sockets;

namespace GoTo.Api.Tests;

/// <summary>The authorization code grant, with a browser that follows redirects.</summary>
public sealed class BrowserLogInTests
{
    [Fact]
    public async Task A_person_logs_in_once_and_the_refresh_token_goes_on()
    {
        await using var given = await Given.ACloud();
        given.Account.Grant = LogInGrant.AuthorizationCode;
        var client = given.Api.Tokens(given.Account);
        using var redirect = new LoopbackRedirect(FreePort());
        var begun = client.BeginLogIn(redirect.Address);

        var waiting = redirect.Wait(Given.Cancellation);
        using var browser = new HttpClient();
        var page = await browser.GetStringAsync(begun.Address, Given.Cancellation);
        var (code, state) = await waiting;
        var grant = await client.CompleteLogIn(begun, code, state, Given.Cancellation);

        Assert.Contains("logged in", page, StringComparison.Ordinal);
        Assert.NotNull(grant.RefreshToken);
        await client.Refresh(grant.RefreshToken, Given.Cancellation);
        // A code is good once.
        var again = await Assert.ThrowsAsync<GoToAuthenticationException>(
            () => client.CompleteLogIn(begun, code, state, Given.Cancellation));
        Assert.True(again.IsInvalidGrant);
    }

    [Fact]
    public async Task A_code_without_its_verifier_is_worth_nothing()
    {
        await using var given = await Given.ACloud();
        var client = given.Api.Tokens(given.Account);
        var redirect = new Uri("http://localhost:9/goto-login");
        var begun = client.BeginLogIn(redirect);
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var reply = await browser.GetAsync(begun.Address, Given.Cancellation);
        var code = reply.Headers.Location!.Query.TrimStart('?').Split('&')[0]["code=".Length..];
        var thief = client.BeginLogIn(redirect);

        var refused = await Assert.ThrowsAsync<GoToAuthenticationException>(
            () => client.CompleteLogIn(thief, code, thief.State, Given.Cancellation));

        Assert.True(refused.IsInvalidGrant);
    }

    [Fact]
    public async Task A_browser_that_comes_from_another_login_is_turned_away()
    {
        using var cloud = new CannedCloud().Replies(200, """{"access_token":"a"}""");
        var client = cloud.Api.Tokens(cloud.Account);
        var begun = client.BeginLogIn(new Uri("http://localhost:9/"));

        await Assert.ThrowsAsync<LogInRefusedException>(
            () => client.CompleteLogIn(begun, "code", "another-state", Given.Cancellation));

        Assert.Empty(cloud.Requests);
    }

    [Fact]
    public async Task What_GoTo_says_against_it_is_told()
    {
        using var redirect = new LoopbackRedirect(FreePort());
        var waiting = redirect.Wait(Given.Cancellation);
        using var browser = new HttpClient();
        await browser.GetStringAsync(
            $"{redirect.Address}?error=access_denied&error_description=The+user+said+no", Given.Cancellation);

        var refused = await Assert.ThrowsAsync<LogInRefusedException>(() => waiting);

        Assert.Contains("The user said no", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_person_there_is_no_login_and_the_message_says_what_to_do()
    {
        using var cloud = new CannedCloud();
        cloud.Account.Grant = LogInGrant.AuthorizationCode;
        cloud.Account.Username = cloud.Account.Password = "";
        Assert.Empty(cloud.Account.Validate("GoTo:Account"));

        var refused = await Assert.ThrowsAsync<GoToLogInRequiredException>(
            () => cloud.Api.Tokens(cloud.Account).LogIn(Given.Cancellation));

        Assert.Contains("goto login", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_is_asked_for_with_a_challenge_and_shows_no_secret()
    {
        using var cloud = new CannedCloud();
        var begun = cloud.Api.Tokens(cloud.Account).BeginLogIn(new Uri("http://localhost:8910/goto-login"));

        Assert.StartsWith("https://goto.example/oauth/authorize?response_type=code&client_id=client-1"
            + "&redirect_uri=http%3A%2F%2Flocalhost%3A8910%2Fgoto-login&state=", begun.Address.AbsoluteUri,
            StringComparison.Ordinal);
        Assert.Contains("code_challenge_method=S256", begun.Address.Query, StringComparison.Ordinal);
        Assert.DoesNotContain("scope=", begun.Address.Query, StringComparison.Ordinal);
        Assert.DoesNotContain(begun.Verifier, begun.Address.AbsoluteUri, StringComparison.Ordinal);
        Assert.DoesNotContain(begun.Verifier, begun.ToString(), StringComparison.Ordinal);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
