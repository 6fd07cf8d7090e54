using GoTo.Simulator.Phones;
using GoTo.Tones;
using GoTo.WebRtc;

namespace GoTo.EndToEnd.Tests.Phones;

/// <summary>A telephone that says one pitch and knows those of the others.</summary>
internal sealed class TonePhone : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly ToneGenerator _voice;
    private readonly string _name;

    private TonePhone(Telephone phone, ToneGenerator voice, string name) => (Phone, _voice, _name) = (phone, voice, name);

    public Telephone Phone { get; }

    /// <summary>The keys that the phone was told of so far.</summary>
    public IReadOnlyList<string?> Keys => [.. Phone.AllTold("dtmf").Select(message => (string?)message["digit"])];

    /// <summary>The packets that came in on its one line so far.</summary>
    public IReadOnlyList<HeardPacket> Packets => Assert.Single(Phone.Ears.Cast<PacketEar>()).Packets;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Plugs a phone in that says one pitch.</summary>
    public static async Task<TonePhone> Connect(Uri phoneSocket, RtcEngine engine, string name, double pitch, params double[] others)
    {
        var voice = new ToneGenerator(pitch);
        double[] pitches = [pitch, .. others];
        return new TonePhone(
            await Telephone.Connect(
                phoneSocket, engine, voice.Packets(), () => new PacketEar(pitches), TimeProvider.System, Cancellation),
            voice, name);
    }

    /// <summary>Waits until just these pitches are heard, each of them once.</summary>
    public async Task Hears(params double[] pitches)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Limit);
        using var timer = new PeriodicTimer(Pause);
        try
        {
            while (!Heard().SequenceEqual(pitches.Order())) await timer.WaitForNextTickAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!Cancellation.IsCancellationRequested)
        {
            Assert.Fail($"The {_name} is to hear [{string.Join(", ", pitches)}] Hz, and hears [{string.Join(", ", Heard())}] Hz.");
        }
    }

    /// <summary>Waits until the phone is told something.</summary>
    public async Task<string?> Told(string type, string field)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(Limit);
        return (string?)(await Phone.Told(type, deadline.Token))[field];
    }

    public async ValueTask DisposeAsync()
    {
        await Phone.DisposeAsync();
        _voice.Dispose();
    }

    /// <summary>What comes in on all lines: a pitch that comes twice is there twice.</summary>
    private IEnumerable<double> Heard() => Phone.Ears.Cast<PacketEar>().SelectMany(ear => ear.Hearing).Order();
}
