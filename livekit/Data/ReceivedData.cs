using System.Collections.Immutable;

namespace GoTo.LiveKit;

/// <summary>A data packet from another participant, or from the server's API.</summary>
/// <param name="Identity">
/// Who sent it; empty when the API did. It may be somebody whose joining has not been told yet.
/// </param>
/// <param name="Topic">What it is about; empty when it does not say.</param>
/// <param name="Payload">The bytes.</param>
/// <param name="Reliable">Whether it came over the reliable channel.</param>
public sealed record ReceivedData(string Identity, string Topic, ReadOnlyMemory<byte> Payload, bool Reliable);

/// <summary>A whole text stream from another participant, such as a transcription or a chat message.</summary>
/// <param name="Id">The stream's id.</param>
/// <param name="Identity">Who sent it.</param>
/// <param name="Topic">What it is about, such as <c>lk.transcription</c> or <c>lk.chat</c>.</param>
/// <param name="Text">The text.</param>
/// <param name="Attributes">What else is said of it, such as <c>lk.segment_id</c>.</param>
public sealed record ReceivedText(
    string Id, string Identity, string Topic, string Text, ImmutableDictionary<string, string> Attributes);
