using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace GoTo.WebRtc.Dtls;

/// <summary>
/// The certificate fingerprints of a remote description (<c>a=fingerprint</c>, RFC 8122 section 5). SHA-256, SHA-384
/// and SHA-512 count; lines with other hashes are passed over.
/// </summary>
internal sealed class DtlsFingerprints
{
    private readonly (HashAlgorithmName Algorithm, byte[] Hash)[] _known;

    private DtlsFingerprints((HashAlgorithmName Algorithm, byte[] Hash)[] known) => _known = known;

    /// <summary>Reads the values of a=fingerprint lines, such as <c>sha-256 4A:AD:...</c>.</summary>
    /// <param name="values">The values, without <c>a=fingerprint:</c>.</param>
    /// <param name="fingerprints">The fingerprints when the result is true.</param>
    /// <param name="error">What is wrong, when the result is false.</param>
    /// <returns>False when a line is malformed or none has a hash that we accept.</returns>
    public static bool TryParse(
        IEnumerable<string> values,
        [NotNullWhen(true)] out DtlsFingerprints? fingerprints,
        [NotNullWhen(false)] out string? error)
    {
        var known = new List<(HashAlgorithmName, byte[])>();
        fingerprints = null;
        foreach (var value in values)
        {
            var separator = value.AsSpan().IndexOf(' ');
            if (separator <= 0)
            {
                error = $"a=fingerprint:{value} has no hash function and value.";
                return false;
            }

            if (Algorithm(value[..separator]) is not { } algorithm)
            {
                continue;
            }

            if (!TryParseHash(value.AsSpan(separator + 1).Trim(), algorithm.Size, out var hash))
            {
                error = $"a=fingerprint:{value} is not {algorithm.Size} hexadecimal bytes with colons between.";
                return false;
            }

            known.Add((algorithm.Name, hash));
        }

        if (known.Count == 0)
        {
            error = "There is no a=fingerprint with sha-256, sha-384 or sha-512.";
            return false;
        }

        fingerprints = new DtlsFingerprints([.. known]);
        error = null;
        return true;
    }

    /// <summary>Whether one of the fingerprints is that of the certificate (DER); compared in fixed time.</summary>
    public bool Match(ReadOnlySpan<byte> certificate)
    {
        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        var match = false;
        foreach (var (algorithm, expected) in _known)
        {
            var length = CryptographicOperations.HashData(algorithm, certificate, hash);
            match |= CryptographicOperations.FixedTimeEquals(hash[..length], expected);
        }

        return match;
    }

    private static (HashAlgorithmName Name, int Size)? Algorithm(string name) => name.ToLowerInvariant() switch
    {
        "sha-256" => (HashAlgorithmName.SHA256, SHA256.HashSizeInBytes),
        "sha-384" => (HashAlgorithmName.SHA384, SHA384.HashSizeInBytes),
        "sha-512" => (HashAlgorithmName.SHA512, SHA512.HashSizeInBytes),
        _ => null,
    };

    private static bool TryParseHash(ReadOnlySpan<char> text, int size, out byte[] hash)
    {
        hash = new byte[size];
        if (text.Length != (size * 3) - 1)
        {
            return false;
        }

        for (var i = 0; i < size; i++)
        {
            var pair = text.Slice(i * 3, 2);
            if (!char.IsAsciiHexDigit(pair[0]) || !char.IsAsciiHexDigit(pair[1])
                || (i > 0 && text[(i * 3) - 1] != ':'))
            {
                return false;
            }

            hash[i] = (byte)((Convert.ToInt32(pair[0].ToString(), 16) << 4) | Convert.ToInt32(pair[1].ToString(), 16));
        }

        return true;
    }
}
