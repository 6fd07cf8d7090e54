using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using GoTo.WebRtc;
using GoTo.WebRtc.Stun;

namespace GoTo.Bench;

/// <summary>
/// Live calls through a bridge while its port gets spoofed STUN and DTLS: requests for ufrags that do not exist, requests
/// for one that does with a wrong password, ClientHellos of strangers, and alerts and handshake records in the name of
/// the phones themselves. Prints what the calls lost.
/// </summary>
internal static partial class FloodBench
{
    private static readonly StunKey WrongKey = new("a password that is wrong"u8);

    public static async Task<int> Run(string[] args)
    {
        var options = new ConfigurationBuilder().AddCommandLine(args).Build();
        var calls = options.GetValue("calls", 100);
        var seconds = options.GetValue("seconds", 10);
        var rate = options.GetValue("rate", 50_000);
        var bench = new ForwardBench();
        await bench.Connect(calls, SrtpProfile.AeadAes128Gcm);
        await bench.Talk(TimeSpan.FromSeconds(2));

        using var flood = new Flood(bench.BridgePort, bench.PhonePorts, Ufrag(bench.LastAnswer));
        var dropsBefore = KernelDrops();
        var before = await bench.Measure();
        var flooding = flood.Start(rate, TimeSpan.FromSeconds(seconds));
        var sent = await bench.Talk(TimeSpan.FromSeconds(seconds));
        var flooded = await flooding;
        var after = await bench.Measure();
        var drops = KernelDrops() - dropsBefore;
        var states = await bench.ConnectedPeers();
        await bench.DisposeAsync();

        var received = after.Received - before.Received;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            calls {calls}, {seconds} s, {flooded.Packets / flooded.Time.TotalSeconds:0} spoofed packets/s ({flooded.Packets} in all)
            packets sent {sent}, received {received}, lost {sent - received}; peers still connected {states} of {calls * 4}
            datagrams that the kernel dropped for want of room: {drops}
            bridge thread: {(after.BridgeCpu - before.BridgeCpu) / flooded.Time * 100:0} % of a core
            """));
        return sent == received && states == calls * 4 ? 0 : 1;
    }

    /// <summary>RcvbufErrors of the system: dropped before the engine could see them.</summary>
    private static long KernelDrops()
    {
        var rows = File.ReadLines("/proc/net/snmp").Where(row => row.StartsWith("Udp:", StringComparison.Ordinal))
            .Select(row => row.Split(' ')).ToArray();
        return long.Parse(rows[1][Array.IndexOf(rows[0], "RcvbufErrors")], CultureInfo.InvariantCulture);
    }

    private static string Ufrag(string sdp) => UfragLine().Match(sdp).Groups[1].Value;

    [GeneratedRegex("a=ice-ufrag:([^\r]+)")]
    private static partial Regex UfragLine();

    /// <summary>Sends from a thread of its own, by a raw socket: it needs the rights for one (root).</summary>
    private sealed class Flood(int port, IReadOnlyList<int> phones, string ufrag) : IDisposable
    {
        private const int Batch = 50;

        private readonly SpoofingSocket _socket = new();
        private readonly Random _random = new(1);

        public Task<(long Packets, TimeSpan Time)> Start(int rate, TimeSpan duration) =>
            Task.Factory.StartNew(() => Run(rate, duration), TaskCreationOptions.LongRunning);

        public void Dispose() => _socket.Dispose();

        private (long Packets, TimeSpan Time) Run(int rate, TimeSpan duration)
        {
            var clock = Stopwatch.StartNew();
            var packets = 0L;
            Span<byte> payload = stackalloc byte[256];
            while (clock.Elapsed < duration)
            {
                for (var i = 0; i < Batch; i++)
                    SendOne(packets++, payload);
                var ahead = TimeSpan.FromSeconds((double)packets / rate) - clock.Elapsed;
                if (ahead > TimeSpan.FromMilliseconds(1))
                    Thread.Sleep(ahead);
            }

            return (packets, clock.Elapsed);
        }

        private void SendOne(long number, Span<byte> payload)
        {
            var stranger = new IPEndPoint(
                new IPAddress([127, (byte)_random.Next(1, 255), (byte)_random.Next(256), (byte)_random.Next(1, 255)]),
                _random.Next(1024, 65536));
            var phone = new IPEndPoint(IPAddress.Loopback, phones[_random.Next(phones.Count)]);
            var (from, length) = (number % 6) switch
            {
                0 => (stranger, Request(payload, Guid.NewGuid().ToString("N")[..8])),
                1 => (stranger, Request(payload, ufrag)),
                2 => (phone, Request(payload, ufrag)),
                3 => (stranger, Record(payload, contentType: 22, epoch: 0)),
                4 => (phone, Record(payload, contentType: 22, epoch: 0)),
                _ => (phone, Record(payload, contentType: 21, epoch: 1)),
            };
            _socket.Send(from, new IPEndPoint(IPAddress.Loopback, port), payload[..length]);
        }

        private int Request(Span<byte> buffer, string receiver)
        {
            Span<byte> id = stackalloc byte[12];
            _random.NextBytes(id);
            var writer = new StunWriter(buffer, StunClass.Request, StunProtocol.BindingMethod, id);
            writer.Write(StunAttribute.Username, Encoding.ASCII.GetBytes($"{receiver}:them"));
            writer.Write(StunAttribute.Priority, 1862270975u);
            writer.Write(StunAttribute.IceControlling, 1ul);
            writer.Write(StunAttribute.UseCandidate, []);
            return writer.Finish(WrongKey);
        }

        private int Record(Span<byte> buffer, byte contentType, byte epoch)
        {
            const int length = 64;
            buffer[..13].Clear();
            (buffer[0], buffer[1], buffer[2], buffer[4], buffer[12]) = (contentType, 0xFE, 0xFD, epoch, length);
            _random.NextBytes(buffer.Slice(5, 6));
            _random.NextBytes(buffer.Slice(13, length));
            buffer[13] = 1; // a ClientHello, if anyone believes it
            return 13 + length;
        }
    }
}
