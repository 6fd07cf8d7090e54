using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>What becomes of the packets between a phone and whoever answers it.</summary>
/// <param name="Loss">How likely a packet is lost, from 0 to 1.</param>
/// <param name="Delay">How long each takes at the least.</param>
/// <param name="Jitter">How much longer it may take; packets overtake each other.</param>
/// <param name="ToPhone">Whether audio reaches the phone.</param>
/// <param name="FromPhone">Whether the phone's audio arrives.</param>
/// <param name="Connects">Whether anything arrives at all; without it neither ICE nor DTLS come about.</param>
internal sealed record NetworkConditions(
    double Loss, TimeSpan Delay, TimeSpan Jitter, bool ToPhone, bool FromPhone, bool Connects)
{
    /// <exception cref="CloudRefusal">A field is out of bounds.</exception>
    public static NetworkConditions Read(JsonObject json)
    {
        var audio = json.Text("audio") ?? "both";
        if (audio is not ("both" or "to-phone" or "from-phone" or "none"))
            throw CloudRefusal.BadRequest("'audio' must be both, to-phone, from-phone or none.");
        return new NetworkConditions(
            json.Chance("loss"), Milliseconds("delayMs"), Milliseconds("jitterMs"),
            audio is "both" or "to-phone", audio is "both" or "from-phone", !json.Flag("unreachable"));

        TimeSpan Milliseconds(string name) => (json.Integer(name) ?? 0) is >= 0 and <= 10_000 and var ms
            ? TimeSpan.FromMilliseconds(ms)
            : throw CloudRefusal.BadRequest($"'{name}' must be 0 to 10000.");
    }
}

/// <summary>The network that the calls' audio takes: straight, until a test makes it worse.</summary>
internal sealed class PhoneNetwork(int? seed, TimeProvider time)
{
    private volatile NetworkConditions? _conditions;
    private int _paths;

    /// <summary>From the next call on; null makes it straight again.</summary>
    public void Set(NetworkConditions? conditions) => _conditions = conditions;

    /// <summary>The way of a call that begins now; null when it is straight.</summary>
    public ImpairedPath? NewPath() => _conditions is { } conditions
        ? new ImpairedPath(conditions, seed is { } known ? new Random(known + Interlocked.Increment(ref _paths)) : new Random(), time)
        : null;
}
