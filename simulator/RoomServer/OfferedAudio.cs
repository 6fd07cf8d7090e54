using GoTo.WebRtc;

namespace GoTo.Simulator.Rooms;

/// <summary>
/// An audio m-line of a client's offer: which way it is meant, before it is answered. Only a line's mid and direction are
/// read here; all else is the engine's.
/// </summary>
/// <param name="Mid">Its identification tag.</param>
/// <param name="Sends">Whether the client sends on it.</param>
/// <param name="Receives">Whether the client receives on it.</param>
internal sealed record OfferedAudio(string Mid, bool Sends, bool Receives)
{
    public static IReadOnlyList<OfferedAudio> Read(string sdp)
    {
        var lines = new List<OfferedAudio>();
        var index = 0;
        foreach (var section in sdp.Split("\nm=").Skip(1))
        {
            var text = section.Split('\n', StringSplitOptions.TrimEntries);
            var mid = text.FirstOrDefault(line => line.StartsWith("a=mid:", StringComparison.Ordinal))?[6..] ?? $"{index}";
            index++;
            var kind = text[0].Split(' ');
            if (kind[0] != "audio" || kind[1] == "0")
                continue;
            lines.Add(new OfferedAudio(
                mid,
                !text.Contains("a=recvonly") && !text.Contains("a=inactive"),
                !text.Contains("a=sendonly") && !text.Contains("a=inactive")));
        }
        return lines;
    }

    /// <summary>Our side of it.</summary>
    public TransceiverDirection Answered(bool wantsToSend) => (wantsToSend && Receives, Sends) switch
    {
        (true, true) => TransceiverDirection.SendRecv,
        (true, false) => TransceiverDirection.SendOnly,
        (false, true) => TransceiverDirection.RecvOnly,
        _ => TransceiverDirection.Inactive,
    };
}
