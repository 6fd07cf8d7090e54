namespace GoTo.Simulator.Rooms;

/// <summary>Ids in LiveKit's form: a prefix and 12 letters and digits.</summary>
internal sealed class Sids(Random chance)
{
    private const string Alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private readonly Lock _lock = new();

    public string Room() => Next("RM_");

    public string Participant() => Next("PA_");

    public string AudioTrack() => Next("TR_AM");

    public string Dispatch() => Next("AD_");

    public string Job() => Next("AJ_");

    public string Worker() => Next("AW_");

    public string Event() => Next("EV_");

    private string Next(string prefix)
    {
        lock (_lock)
            return prefix + new string(chance.GetItems<char>(Alphabet, 12));
    }
}
