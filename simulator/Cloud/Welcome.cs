using System.Text;

namespace GoTo.Simulator.Cloud;

/// <summary>What a client needs to know to use a simulated cloud, as text for a terminal.</summary>
public static class Welcome
{
    /// <summary>The addresses, credentials, lines and numbers of a cloud.</summary>
    public static string Of(GoToCloud cloud, GoToCloudOptions options)
    {
        ArgumentNullException.ThrowIfNull(cloud);
        ArgumentNullException.ThrowIfNull(options);
        var text = new StringBuilder();
        var address = cloud.BaseUrl.AbsoluteUri.TrimEnd('/');
        text.AppendLine($"GoTo simulator at {address}");
        text.AppendLine($"  tokens       {address}/oauth/token");
        text.AppendLine($"  web calls    {address}/web-calls/v1");
        text.AppendLine($"  call events  {address}/call-events/v1");
        text.AppendLine($"  users        {address}/users/v1");
        text.AppendLine($"  phone page   {cloud.PhonePageUrl}");
        text.AppendLine($"  phone socket {cloud.PhoneSocketUrl}");
        if (cloud.CertificateFingerprint is { } fingerprint)
            text.AppendLine($"  certificate  SHA-256 {fingerprint}");
        foreach (var account in options.Accounts)
        {
            text.AppendLine();
            text.AppendLine($"Account {account.Key}");
            text.AppendLine($"  client id     {account.ClientId}");
            if (account.ClientSecret is not null)
                text.AppendLine($"  client secret {account.ClientSecret}");
            text.AppendLine($"  username      {account.Username}");
            text.AppendLine($"  password      {account.Password}");
            if (account.PersonalAccessToken is not null)
                text.AppendLine($"  access token  {account.PersonalAccessToken} (grant personal_access_token)");
            foreach (var line in account.Lines)
            {
                text.AppendLine($"  line {line.Id}  extension {line.Extension}  {line.DisplayName}  "
                    + string.Join(", ", line.Numbers));
            }
        }

        return text.ToString();
    }
}
