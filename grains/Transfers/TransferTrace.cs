using System.Diagnostics;

namespace GoTo.Transfers;

/// <summary>What a warm transfer does, as spans: each step is one, and what it asks of the two calls and of GoTo is within it.</summary>
internal static class TransferTrace
{
    private static readonly ActivitySource Source = new("GoTo.Calls");

    /// <summary>A step. It belongs to no request: it goes on whoever asked, and whatever silo it is on by then.</summary>
    public static Activity? Effect(TransferEffect effect, TransferKey key)
    {
        Activity.Current = null;
        return Source.StartActivity($"transfer {effect}")?.SetTag("goto.transfer", key.ToString()).SetTag("goto.call", key.Call.ToString());
    }
}
