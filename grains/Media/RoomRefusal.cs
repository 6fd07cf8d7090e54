using GoTo.LiveKit;

namespace GoTo.Media;

/// <summary>The room server did not do what was asked of it.</summary>
/// <param name="Detail">Why, in words for an operator.</param>
/// <param name="MayPass">It may when it is asked again.</param>
[GenerateSerializer, Immutable, Alias("media.room-refusal")]
internal sealed record RoomRefusal(string Detail, bool MayPass)
{
    /// <summary>What went wrong between us and the room server; null when it is something else that did.</summary>
    public static RoomRefusal? Of(Exception failure) => failure switch
    {
        TwirpException e => new RoomRefusal(e.Message, e.IsServerFault),
        RoomJoinException e => new RoomRefusal(e.Message, e.IsServerFault),
        HttpRequestException e => new RoomRefusal(e.Message, MayPass: true),
        _ => null,
    };
}
