using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using GoTo.WebRtc.Stun;

namespace GoTo.WebRtc.Turn;

/// <summary>The long-term credential of a TURN server (RFC 8489 section 9.2). Holds a secret: never log it.</summary>
internal sealed class TurnCredentials(string username, string password)
{
    /// <summary>USERNAME.</summary>
    public byte[] Username { get; } = Encoding.UTF8.GetBytes(username);

    /// <summary>The key of MESSAGE-INTEGRITY in the server's realm (RFC 8489 section 9.2.2).</summary>
    [SuppressMessage("Security", "CA5351", Justification = "RFC 8489 derives the key by MD5; every server knows it.")]
    public StunKey KeyFor(ReadOnlySpan<byte> realm)
    {
        byte[] text = [.. Username, (byte)':', .. realm, (byte)':', .. Encoding.UTF8.GetBytes(password)];
        var key = new StunKey(MD5.HashData(text));
        CryptographicOperations.ZeroMemory(text);
        return key;
    }

    /// <summary>Says nothing, so that no log can.</summary>
    public override string ToString() => nameof(TurnCredentials);
}
