using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using GoTo.Accounts;
using GoTo.Silo.Storage;
using GoTo.Silo.Tests.Calls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace GoTo.Silo.Tests.Storage;

/// <summary>The keys that tokens are encrypted with, where they are stored.</summary>
public sealed class KeySetupTests : IDisposable
{
    private const string FilePassword = "of-the-file";
    private const string Secret = "a token";

    private readonly string _folder = Directory.CreateTempSubdirectory("goto-keys-").FullName;

    [Fact]
    public void With_a_certificate_the_keys_are_of_no_use_to_who_reads_them()
    {
        var certificate = Certificate("one");
        var kept = Protector(certificate).Protect(Secret);

        var stored = string.Concat(Directory.EnumerateFiles(Keys, "*.xml").Select(File.ReadAllText));
        Assert.Contains("EncryptedData", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", stored, StringComparison.Ordinal);
        Assert.Equal(Secret, Protector(certificate).Unprotect(kept));
        Assert.Throws<CryptographicException>(() => Protector(null).Unprotect(kept));
    }

    [Fact]
    public void After_a_change_of_certificate_older_keys_are_still_read()
    {
        var former = Certificate("former");
        var kept = Protector(former).Protect(Secret);

        Assert.Equal(Secret, Protector(Certificate("new"), former).Unprotect(kept));
    }

    [Theory]
    [InlineData("/nowhere/at/all.p12", FilePassword)]
    [InlineData(null, "not-its-password")]
    public void A_certificate_that_cannot_be_read_is_named_without_its_password(string? file, string password)
    {
        var failure = Assert.Throws<OptionsValidationException>(() => Host(file ?? Certificate("one"), [], password));

        var problem = Assert.Single(failure.Failures);
        Assert.StartsWith("GoTo:Cluster:KeyCertificate: ", problem, StringComparison.Ordinal);
        Assert.DoesNotContain(password, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://goto.example", false, true)]
    [InlineData("https://goto.example", true, false)]
    [InlineData("http://127.0.0.1:9200", false, false)]
    public async Task Bare_keys_of_a_real_account_are_warned_of(string address, bool protectedKeys, bool warns)
    {
        var log = new LogLines();
        await using var host = Host(protectedKeys ? Certificate("one") : null, [], FilePassword, log, address);
        foreach (var service in host.Services.GetServices<IHostedService>())
        {
            if (service.GetType().DeclaringType == typeof(KeySetup)) await service.StartAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(warns, log.All.Any(line => line.Level == LogLevel.Warning
            && line.Line.Contains("GoTo:Cluster:KeyCertificate", StringComparison.Ordinal)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Keys => Path.Combine(_folder, "keys");

    private IDataProtector Protector(string? certificate, params string[] former) =>
        Host(certificate, former, FilePassword).Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private WebApplication Host(
        string? certificate, string[] former, string password, LogLines? log = null, string address = "https://goto.example")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["GoTo:Cluster:KeyFolder"] = Keys,
            ["GoTo:Cluster:KeyCertificate"] = certificate,
            ["GoTo:Cluster:KeyCertificatePassword"] = password,
        });
        for (var i = 0; i < former.Length; i++)
            builder.Configuration[$"GoTo:Cluster:FormerKeyCertificates:{i}"] = former[i];
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.AddProvider(log);
        builder.Services.AddSingleton(Options.Create(new GoToSettings { Accounts = { ["main"] = new() { BaseUrl = new Uri(address) } } }));
        builder.AddGoToKeys();
        return builder.Build();
    }

    private string Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var file = Path.Combine(_folder, $"{name}.p12");
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pkcs12, FilePassword));
        return file;
    }
}
