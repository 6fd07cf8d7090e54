using GoTo.Accounts;
using GoTo.Api;
using Microsoft.AspNetCore.DataProtection;

namespace GoTo.Grains.Tests.Accounts;

public sealed class TokenSealTests
{
    private static readonly TokenState Tokens = new(
        "the-access-token", "the-refresh-token", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1),
        ["webrtc.v1.write"], "1234567890");

    private readonly EphemeralDataProtectionProvider _keys = new();

    [Fact]
    public void Sealed_tokens_are_illegible_and_come_back_whole()
    {
        var seal = new TokenSeal(_keys);
        var text = seal.Seal(Account(), Tokens);

        Assert.DoesNotContain("token", text, StringComparison.OrdinalIgnoreCase);
        var opened = seal.Open(Account(), text)!;
        Assert.Equal((Tokens.AccessToken, Tokens.RefreshToken, Tokens.ExpiresAt, Tokens.AccountKey),
            (opened.AccessToken, opened.RefreshToken, opened.ExpiresAt, opened.AccountKey));
        Assert.Equal(Tokens.Scopes, opened.Scopes);
    }

    [Fact]
    public void Other_credentials_other_keys_or_a_broken_seal_open_nothing()
    {
        var seal = new TokenSeal(_keys);
        var text = seal.Seal(Account(), Tokens);

        Assert.Null(seal.Open(Account("somebody-else"), text));
        Assert.Null(new TokenSeal(new EphemeralDataProtectionProvider()).Open(Account(), text));
        Assert.Null(seal.Open(Account(), text[..^4]));
        Assert.Null(seal.Open(Account(), null));
    }

    private static GoToAccountOptions Account(string client = "client") => new() { ClientId = client, Username = "user" };
}
