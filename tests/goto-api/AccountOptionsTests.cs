namespace GoTo.Api.Tests;

public sealed class AccountOptionsTests
{
    [Fact]
    public void Complete_options_are_accepted()
    {
        Assert.Empty(Complete().Validate("GoTo:Accounts:main"));
        Assert.True(new GoToAccountOptionsValidator().Validate("main", Complete()).Succeeded);
    }

    [Fact]
    public void Each_missing_setting_is_named()
    {
        var result = new GoToAccountOptionsValidator().Validate("main", new GoToAccountOptions());

        Assert.Equal(
            [
                "GoTo:Accounts:main:ClientId is missing: set it to the OAuth client id from GoTo's developer portal.",
                "GoTo:Accounts:main:Username is missing: set it to the service user's name.",
                "GoTo:Accounts:main:Password is missing: set it to the service user's password.",
            ],
            result.Failures);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9200", true)]
    [InlineData("http://localhost:9200", true)]
    [InlineData("http://[::1]:9200/", true)]
    [InlineData("https://goto.example", true)]
    [InlineData("http://goto.example", false)]
    [InlineData("ftp://goto.example", false)]
    [InlineData("https://user:sesame@goto.example", false)]
    [InlineData("/relative", false)]
    public void Plain_http_is_for_loopback_only(string address, bool accepted)
    {
        var options = Complete();
        options.BaseUrl = new Uri(address, UriKind.RelativeOrAbsolute);

        var problems = options.Validate("GoTo");

        Assert.Equal(accepted, problems.Count == 0);
        Assert.All(problems, problem =>
        {
            Assert.StartsWith("GoTo:BaseUrl must", problem, StringComparison.Ordinal);
            Assert.DoesNotContain("sesame", problem, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void An_unknown_dialect_is_refused_with_the_known_ones()
    {
        var options = Complete();
        options.Dialect = "klingon";

        Assert.Equal(["GoTo:Dialect is 'klingon', which is not known: use arch-002 or goto-public."], options.Validate("GoTo"));
    }

    [Theory]
    [InlineData("00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff", true)]
    [InlineData("00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF", true)]
    [InlineData("00112233445566778899AABBCCDDEEFF00112233", false)]
    [InlineData("zz112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF", false)]
    [InlineData("", false)]
    public void A_fingerprint_is_a_SHA_256_in_hexadecimal(string fingerprint, bool accepted)
    {
        var options = Complete();
        options.CertificateFingerprint = fingerprint;

        Assert.Equal(
            accepted
                ? []
                : ["GoTo:CertificateFingerprint must be a SHA-256 in hexadecimal: 64 digits, with colons or without."],
            options.Validate("GoTo"));
    }

    [Fact]
    public void The_defaults_are_GoTos_own_addresses()
    {
        var options = Complete();

        Assert.Equal(
            [
                "https://authentication.logmeininc.com/oauth/token", "https://api.goto.com/web-calls/v1",
                "https://api.goto.com/call-events/v1", "https://api.goto.com/users/v1",
            ],
            Addresses(options));
    }

    [Fact]
    public void One_base_address_is_over_all_of_them()
    {
        var options = Complete();
        options.BaseUrl = new Uri("http://127.0.0.1:9200/");

        Assert.Equal(
            [
                "http://127.0.0.1:9200/oauth/token", "http://127.0.0.1:9200/web-calls/v1",
                "http://127.0.0.1:9200/call-events/v1", "http://127.0.0.1:9200/users/v1",
            ],
            Addresses(options));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    public void What_is_no_id_does_not_get_into_a_path(string id) =>
        Assert.ThrowsAny<ArgumentException>(() => Dialect.Of(Complete()).GetCall(Complete(), id));

    [Fact]
    public void An_id_stays_one_segment_of_the_path() =>
        Assert.Equal(
            "/web-calls/v1/calls/a%2F..%2Fb%3Fc%23d%20%25/hangup",
            Dialect.Of(Complete()).HangUp(Complete(), "a/../b?c#d %", HangUpReason.Normal).Address.AbsolutePath);

    private static GoToAccountOptions Complete() =>
        new() { ClientId = "client", Username = "user", Password = "pass" };

    private static IEnumerable<string> Addresses(GoToAccountOptions options) =>
        [
            options.TokenAddress.AbsoluteUri, options.WebCallsAddress.AbsoluteUri,
            options.CallEventsAddress.AbsoluteUri, options.UsersAddress.AbsoluteUri,
        ];
}
