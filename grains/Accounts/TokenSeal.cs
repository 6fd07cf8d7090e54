using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GoTo.Api;
using Microsoft.AspNetCore.DataProtection;

namespace GoTo.Accounts;

/// <summary>
/// Tokens at rest: encrypted with the cluster's Data Protection keys, and readable only for the credentials that they
/// were had with. Change the client or the user in the configuration, and the old tokens are as good as none.
/// </summary>
internal sealed class TokenSeal(IDataProtectionProvider protection)
{
    public string Seal(GoToAccountOptions account, TokenState tokens) =>
        Protector(account).Protect(JsonSerializer.Serialize(tokens));

    /// <summary>The tokens, or null when there are none, or none that these credentials and keys can read.</summary>
    public TokenState? Open(GoToAccountOptions account, string? sealedTokens)
    {
        if (sealedTokens is null) return null;
        try
        {
            return JsonSerializer.Deserialize<TokenState>(Protector(account).Unprotect(sealedTokens));
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    private IDataProtector Protector(GoToAccountOptions account)
    {
        var whose = $"{account.Grant}\n{account.ClientId}\n{account.Username}\n{account.PersonalAccessToken}\n{account.BaseUrl ?? account.TokenUrl}";
        return protection.CreateProtector("GoTo.Accounts.Tokens", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whose))));
    }
}

/// <summary>What is stored of an account.</summary>
internal sealed record AccountState
{
    /// <summary>Its tokens, sealed; null before the first login.</summary>
    public string? SealedTokens { get; init; }
}
