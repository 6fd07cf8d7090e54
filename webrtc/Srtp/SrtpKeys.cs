namespace GoTo.WebRtc.Srtp;

/// <summary>
/// The master keys of one peer connection, as the DTLS exporter gives them (RFC 5764 section 4.2). Keys are 16 bytes;
/// salts are 14 bytes for <see cref="SrtpProfile.Aes128CmSha1_80"/> and 12 for <see cref="SrtpProfile.AeadAes128Gcm"/>.
/// </summary>
/// <param name="Profile">The profile that both ends agreed on.</param>
/// <param name="LocalKey">Protects what we send.</param>
/// <param name="LocalSalt">Salt to <paramref name="LocalKey"/>.</param>
/// <param name="RemoteKey">Protects what we receive.</param>
/// <param name="RemoteSalt">Salt to <paramref name="RemoteKey"/>.</param>
internal sealed record SrtpKeys(
    SrtpProfile Profile, byte[] LocalKey, byte[] LocalSalt, byte[] RemoteKey, byte[] RemoteSalt)
{
    /// <summary>Names the profile only, so that keys cannot reach a log.</summary>
    public override string ToString() => $"SrtpKeys {{ {Profile} }}";
}
