using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace GoTo.WebRtc.Net;

/// <summary>
/// The sockets of a shard on Linux: epoll waits on all of them and on an eventfd, recvmmsg and sendmmsg move a batch a
/// call over native rings.
/// </summary>
internal sealed unsafe class EpollSockets : IShardSockets
{
    private const int ReceiveSlots = 32;
    private const int SendSlots = 64;
    private const int MaxReady = 64;
    private const ulong WakeToken = ulong.MaxValue;

    private readonly int _epoll;
    private readonly SafeFileHandle _event;
    private readonly byte* _events;
    private readonly SlotRing _received = new(ReceiveSlots);
    private readonly SlotRing _queued = new(SendSlots);
    private readonly int[] _queuedFiles = new int[SendSlots];
    private readonly int[] _ready = new int[MaxReady];
    private readonly List<Socket?> _sockets = [];
    private readonly List<int> _files = [];
    private readonly List<bool> _isDual = [];
    private int _receivedCount;
    private int _queuedCount;

    public EpollSockets()
    {
        _epoll = Check(Libc.CreateEpoll(Libc.CloseOnExec), "epoll_create1");
        var wake = Check(Libc.CreateEvent(0, Libc.EventNonBlocking | Libc.CloseOnExec), "eventfd");
        // A safe handle: a wake may come from another thread while the shard ends, and must not hit a reused number.
        _event = new SafeFileHandle(wake, ownsHandle: true);
        _events = (byte*)NativeMemory.AllocZeroed(MaxReady, (nuint)Libc.EpollEventSize);
        Watch(wake, WakeToken);
    }

    /// <summary>Whether this system has the calls.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && sizeof(nint) == 8;

    public long Sent { get; private set; }

    public long SendFailures { get; private set; }

    public int Open(IPEndPoint endPoint, int bufferSize)
    {
        var socket = UdpSocket.Bind(endPoint, bufferSize);
        var number = _sockets.IndexOf(null);
        if (number < 0)
        {
            number = _sockets.Count;
            _sockets.Add(null);
            _files.Add(-1);
            _isDual.Add(false);
        }

        _sockets[number] = socket;
        _isDual[number] = socket is { AddressFamily: AddressFamily.InterNetworkV6, DualMode: true };
        _files[number] = (int)socket.SafeHandle.DangerousGetHandle();
        Watch(_files[number], (ulong)number);
        return number;
    }

    public void Close(int socket)
    {
        Flush();
        _sockets[socket]!.Dispose();
        _sockets[socket] = null;
    }

    public IPEndPoint LocalEndPoint(int socket) => (IPEndPoint)_sockets[socket]!.LocalEndPoint!;

    public int ReceiveBufferSize(int socket) => _sockets[socket]!.ReceiveBufferSize;

    public int Wait(int timeoutMs)
    {
        var count = Libc.WaitEpoll(_epoll, _events, MaxReady, timeoutMs);
        var ready = 0;
        for (var i = 0; i < count; i++)
        {
            var token = Marshal.ReadInt64((nint)(_events + (i * Libc.EpollEventSize) + Libc.EpollDataOffset));
            if ((ulong)token == WakeToken)
                ClearEvent();
            else
                _ready[ready++] = (int)token;
        }

        return ready;
    }

    public int Ready(int index) => _ready[index];

    public int Receive(int socket)
    {
        // The socket may have been closed since the wait, by what an earlier ready one brought.
        if (_sockets[socket] is null)
            return 0;
        // The kernel has written the lengths of those senders only that there were.
        for (var i = 0; i < _receivedCount; i++)
            _received.Slots[i].NameLength = SlotRing.NameSize;
        // An error (nothing there after all, or one that ICMP reported) concerns no peer: consent decides who is gone.
        _receivedCount = Math.Max(
            0, Libc.ReceiveMany(_files[socket], _received.Slots, ReceiveSlots, Libc.MsgDontWait, null));
        return _receivedCount;
    }

    public Span<byte> Datagram(int index)
    {
        ref var slot = ref _received.Slots[index];
        return (slot.Flags & Libc.MsgTrunc) != 0 ? [] : new Span<byte>(slot.Segments->Data, (int)slot.Length);
    }

    public TransportAddress Sender(int index)
    {
        ref var slot = ref _received.Slots[index];
        TransportAddress.TryFromSockaddr(new ReadOnlySpan<byte>(slot.Name, (int)slot.NameLength), out var sender);
        return sender;
    }

    public Span<byte> NextBuffer()
    {
        if (_queuedCount == SendSlots)
            Flush();
        return new Span<byte>(_queued.Slots[_queuedCount].Segments->Data, Demux.MaxDatagram);
    }

    public void Enqueue(int socket, int length, in TransportAddress to)
    {
        _queuedFiles[_queuedCount] = _files[socket];
        ref var slot = ref _queued.Slots[_queuedCount++];
        slot.Segments->Length = (nuint)length;
        slot.NameLength = (uint)to.WriteSockaddr(new Span<byte>(slot.Name, SlotRing.NameSize), _isDual[socket]);
    }

    public void Flush()
    {
        var done = 0;
        while (done < _queuedCount)
        {
            var file = _queuedFiles[done];
            var run = 1;
            while (done + run < _queuedCount && _queuedFiles[done + run] == file)
                run++;
            var sent = Libc.SendMany(file, _queued.Slots + done, (uint)run, Libc.MsgNoSignal);
            if (sent > 0)
            {
                Sent += sent;
                done += sent;
            }
            else if (Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                // The first of the rest was refused (unreachable, filtered): the others may still go.
                SendFailures++;
                done++;
            }
        }

        _queuedCount = 0;
    }

    public void Wake()
    {
        ulong one = 1;
        try
        {
            _ = Libc.Write(_event, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
            // The shard has ended; there is nobody to wake.
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets)
            socket?.Dispose();
        _sockets.Clear();
        _ = Libc.Close(_epoll);
        _event.Dispose();
        _received.Free();
        _queued.Free();
        NativeMemory.Free(_events);
    }

    private static int Check(int file, string call) =>
        file >= 0 ? file : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call} failed.");

    private void Watch(int file, ulong token)
    {
        var buffer = stackalloc byte[Libc.EpollEventSize];
        *(uint*)buffer = Libc.EpollIn;
        Marshal.WriteInt64((nint)(buffer + Libc.EpollDataOffset), (long)token);
        Check(Libc.ControlEpoll(_epoll, Libc.EpollAdd, file, buffer), "epoll_ctl");
    }

    private void ClearEvent()
    {
        ulong count;
        _ = Libc.Read(_event, &count, sizeof(ulong));
    }
}
