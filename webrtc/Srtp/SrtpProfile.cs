namespace GoTo.WebRtc;

/// <summary>
/// An SRTP protection profile that DTLS can agree on (<c>use_srtp</c>, RFC 5764 section 4.1.2). The numbers are the
/// registered ones.
/// </summary>
public enum SrtpProfile
{
    /// <summary>
    /// AES-128 in counter mode with an 80-bit HMAC-SHA1 tag (RFC 3711); mandatory in WebRTC (RFC 8827).
    /// </summary>
    Aes128CmSha1_80 = 0x0001,

    /// <summary>AES-128 in Galois/counter mode with a 128-bit tag (RFC 7714).</summary>
    AeadAes128Gcm = 0x0007,
}

/// <summary>Which code does the SRTP cryptography.</summary>
public enum SrtpImplementation
{
    /// <summary>
    /// The processor's AES and carry-less multiplication instructions where they are present and agree with the
    /// platform's cryptography in a self-test at start; the platform's cryptography otherwise.
    /// </summary>
    Automatic,

    /// <summary>Always the platform's cryptography: several times slower, and free of hand-written ciphers.</summary>
    Platform,
}
