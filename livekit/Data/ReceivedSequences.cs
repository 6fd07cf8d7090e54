using Google.Protobuf;

namespace GoTo.LiveKit;

/// <summary>
/// Which data packets have come already: on the reliable channel each sender numbers its packets, and what the API sends
/// carries a nonce. A server that resumes may send the last ones again.
/// </summary>
internal sealed class ReceivedSequences
{
    private const int MaxSenders = 1024;
    private const int MaxNonces = 256;

    private readonly Dictionary<string, uint> _last = [];
    private readonly Queue<ByteString> _order = new();
    private readonly HashSet<ByteString> _nonces = [];

    /// <summary>The highest number by sender's sid, for a resume.</summary>
    public IReadOnlyDictionary<string, uint> LastBySender => _last;

    /// <summary>Whether a numbered packet is new; 0 is not counted and always new.</summary>
    public bool IsNew(string senderSid, uint sequence)
    {
        if (sequence == 0 || senderSid.Length == 0) return true;
        if (_last.TryGetValue(senderSid, out var last) && sequence <= last) return false;
        if (_last.Count >= MaxSenders) _last.Clear();
        _last[senderSid] = sequence;
        return true;
    }

    /// <summary>Whether a nonce is new; an empty one always is.</summary>
    public bool IsNew(ByteString nonce)
    {
        if (nonce.IsEmpty) return true;
        if (!_nonces.Add(nonce)) return false;
        _order.Enqueue(nonce);
        if (_order.Count > MaxNonces) _nonces.Remove(_order.Dequeue());
        return true;
    }

    /// <summary>A sender left.</summary>
    public void Forget(string senderSid) => _last.Remove(senderSid);
}
