using System.Net.Security;
using GoTo.LiveKit.Protocol;

namespace GoTo.LiveKit;

/// <summary>How a participant joins a room. Not a record, so that the token gets into no log.</summary>
public sealed class JoinOptions
{
    /// <summary>The server's base address, <c>ws</c>, <c>wss</c>, <c>http</c> or <c>https</c>.</summary>
    public required Uri Url { get; init; }

    /// <summary>What TLS asks about the server's certificate; null, the default, leaves it to the machine.</summary>
    public RemoteCertificateValidationCallback? CertificateValidation { get; init; }

    /// <summary>The access token: room, identity, kind, attributes and grants are in it. A secret.</summary>
    public required string Token { get; init; }

    /// <summary>
    /// Chooses the media shard; both legs of a call need the same key, since audio is forwarded within a shard only.
    /// </summary>
    public int ShardKey { get; init; }

    /// <summary>A name for logs, such as the call's id; the room's name is added once known.</summary>
    public string Name { get; init; } = "participant";

    /// <summary>The published audio track's name, seen by the others.</summary>
    public string TrackName { get; init; } = "microphone";

    /// <summary>
    /// The published track's client id: the track id of the offer's <c>a=msid</c> and the <c>cid</c> of the
    /// AddTrackRequest. Must be unique among the participant's own tracks only.
    /// </summary>
    public string TrackCid { get; init; } = "microphone";

    /// <summary>The media stream's id, the first token of <c>a=msid</c>.</summary>
    public string StreamId { get; init; } = "audio";

    /// <summary>
    /// Receiving m-lines offered from the start; two let subscriptions complete in the first answer.
    /// </summary>
    public int SpareReceivers { get; init; } = 2;

    /// <summary>The methods that other participants can call, by name (see <see cref="RpcHandler"/>).</summary>
    public IReadOnlyDictionary<string, RpcHandler> Rpc { get; init; } = new Dictionary<string, RpcHandler>();

    /// <summary>What the client says it is. UNKNOWN makes the server assume nothing about it.</summary>
    public ClientInfo.Types.SDK Sdk { get; init; } = ClientInfo.Types.SDK.Unknown;

    /// <summary>The client's version, as shown in the server's logs.</summary>
    public string Version { get; init; } = "1.0.0";

    /// <summary>
    /// Makes a fresh token for a resume or a full reconnect, for an owner that has the API secret: the server's refreshed ones end 10 minutes
    /// after it sent them. Default: none, the last one that the server sent.
    /// </summary>
    public Func<string>? RenewToken { get; init; }

    /// <summary>
    /// How long a lost signalling socket is tried to be opened again while audio goes on; 60 s unless set. Then the
    /// session counts as lost. Zero does not try.
    /// </summary>
    public TimeSpan ResumeTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long a lost session is tried to be replaced by another one (full reconnect): until its audio is connected;
    /// 30 s unless set. Then the participant ends, with what was lost as its <see cref="RoomDisconnect"/>. Zero does not
    /// try.
    /// </summary>
    public TimeSpan ReconnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bounds the whole join, until audio is connected; 10 s unless set.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
