namespace GoTo.Silos;

/// <summary>Whether this silo has been told to stop: then it begins nothing new, and finishes what it has.</summary>
public sealed class Draining
{
    private volatile bool _isUnderWay;

    /// <summary>From the signal to stop until the end of the process.</summary>
    public bool IsUnderWay => _isUnderWay;

    internal void Begin() => _isUnderWay = true;
}
