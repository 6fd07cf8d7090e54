using GoTo.WebRtc;

namespace GoTo.Media;

/// <summary>One server of <see cref="MediaSettings.IceServers"/>.</summary>
public sealed class IceServerSetting
{
    /// <summary><c>stun:host:port</c>, <c>turn:host:port?transport=udp|tcp</c> or <c>turns:host:port</c> (RFC 7064, RFC 7065).</summary>
    public string Url { get; set; } = "";

    /// <summary>The user, for TURN.</summary>
    public string? Username { get; set; }

    /// <summary>The password, for TURN. A secret.</summary>
    public string? Credential { get; set; }

    /// <summary>Why the engine cannot use it; null when it can.</summary>
    internal string? Problem
    {
        get
        {
            try
            {
                ToIceServer().Validate();
                return null;
            }
            catch (ArgumentException e)
            {
                return e.Message;
            }
        }
    }

    internal IceServer ToIceServer() => new() { Url = Url, Username = Username, Credential = Credential };
}
