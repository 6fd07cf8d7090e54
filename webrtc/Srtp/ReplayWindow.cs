namespace GoTo.WebRtc.Srtp;

/// <summary>
/// The packet indices of one source (RFC 3711 section 3.3): the highest seen, and which of the 128 up to it were seen.
/// Nothing changes but by <see cref="Commit"/>, which is for after authentication.
/// </summary>
internal struct ReplayWindow
{
    /// <summary>How many indices back a late packet is still taken.</summary>
    public const int Size = 128;

    private UInt128 _seen; // bit n: index _highest - n
    private ulong _highest;

    /// <summary>
    /// The 48-bit index that a sequence number most likely stands for: that within 2^15 of the highest so far
    /// (RFC 3711 section 3.3.1 and appendix A).
    /// </summary>
    public readonly ulong Estimate(ushort sequence)
    {
        if (_seen == UInt128.Zero) return sequence;
        var rollover = _highest >> 16;
        var last = (ushort)_highest;
        if (last < 0x8000)
        {
            // Before the first rollover there is no earlier cycle: it can only be a jump ahead.
            if (sequence - last > 0x8000 && rollover > 0) rollover--;
        }
        else if (last - 0x8000 > sequence)
        {
            rollover++;
        }

        return (rollover << 16) | sequence;
    }

    /// <summary>Whether the index was not seen and is not too old to tell.</summary>
    public readonly bool IsNew(ulong index)
    {
        if (_seen == UInt128.Zero || index > _highest) return true;
        var age = _highest - index;
        return age < Size && ((_seen >> (int)age) & UInt128.One) == UInt128.Zero;
    }

    /// <summary>Marks an index that <see cref="IsNew"/> as seen.</summary>
    public void Commit(ulong index)
    {
        if (_seen == UInt128.Zero)
        {
            _highest = index;
            _seen = UInt128.One;
        }
        else if (index > _highest)
        {
            var ahead = index - _highest;
            _seen = ahead < Size ? (_seen << (int)ahead) | UInt128.One : UInt128.One;
            _highest = index;
        }
        else
        {
            _seen |= UInt128.One << (int)(_highest - index);
        }
    }
}
