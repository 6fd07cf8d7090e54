using System.Runtime.InteropServices;

namespace GoTo.WebRtc.Net;

/// <summary>Message headers, addresses and buffers in native memory, wired to each other once.</summary>
internal readonly unsafe struct SlotRing
{
    /// <summary>Room for the largest sockaddr, aligned.</summary>
    public const int NameSize = 32;

    private readonly Libc.Segment* _segments;
    private readonly byte* _names;
    private readonly byte* _data;

    public SlotRing(int count)
    {
        Slots = (Libc.MessageSlot*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Libc.MessageSlot));
        _segments = (Libc.Segment*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(Libc.Segment));
        _names = (byte*)NativeMemory.AllocZeroed((nuint)count, NameSize);
        _data = (byte*)NativeMemory.AllocZeroed((nuint)count, Demux.MaxDatagram);
        for (var i = 0; i < count; i++)
        {
            _segments[i] = new Libc.Segment { Data = _data + (i * Demux.MaxDatagram), Length = Demux.MaxDatagram };
            Slots[i].Name = _names + (i * NameSize);
            Slots[i].NameLength = NameSize;
            Slots[i].Segments = _segments + i;
            Slots[i].SegmentCount = 1;
        }
    }

    public Libc.MessageSlot* Slots { get; }

    public void Free()
    {
        NativeMemory.Free(Slots);
        NativeMemory.Free(_segments);
        NativeMemory.Free(_names);
        NativeMemory.Free(_data);
    }
}
