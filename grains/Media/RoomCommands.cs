using System.Text.Json;
using GoTo.Calls;
using GoTo.LiveKit;

namespace GoTo.Media;

/// <summary>
/// What an agent can do with the call from inside the room: methods of the phone's participant, in the manner of
/// LiveKit's SIP bridge (<c>lk.sip.EndCall</c>, <c>lk.sip.GetRemoteHeaders</c>), and ours where it has none. A request
/// is a JSON object; with an <c>"id"</c> in it a repeated request is the same command. The answer, <c>{}</c>, comes when
/// the command is done.
/// </summary>
internal sealed class RoomCommands
{
    /// <summary>The request is malformed (<see cref="RpcException.Code"/>).</summary>
    public const int BadRequest = 400;

    /// <summary>Who asks is no agent of the call.</summary>
    public const int Forbidden = 403;

    /// <summary>The call is in a state that does not allow it.</summary>
    public const int Refused = 409;

    /// <summary>It was tried and is not done; the call goes on as it was.</summary>
    public const int Failed = 502;

    /// <summary>Who asked, in the call's record.</summary>
    public const string Actor = "agent";

    private readonly ICallGrain _call;
    private readonly Func<string, bool> _mayCommand;

    /// <param name="call">The call.</param>
    /// <param name="mayCommand">Whether the participant of this identity may command the call.</param>
    /// <param name="dials">Whether digits may be dialled to the phone.</param>
    public RoomCommands(ICallGrain call, Func<string, bool> mayCommand, bool dials = true)
    {
        _call = call;
        _mayCommand = mayCommand;
        var methods = new Dictionary<string, RpcHandler>
        {
            ["lk.sip.EndCall"] = Command((_, id, stop) => _call.HangUp(HangUpReason.Normal, id, stop), settles: false),
            ["lk.sip.GetRemoteHeaders"] = (_, _) => Task.FromResult("""{"headers":{}}"""), // GoTo passes none on
            ["goto.call.transfer"] =
                Command((request, id, stop) => _call.BlindTransfer(Text(request, "to"), id, stop)),
            ["goto.call.hold"] = Command((_, id, stop) => _call.Hold(id, stop)),
            ["goto.call.resume"] = Command((_, id, stop) => _call.Resume(id, stop)),
            ["goto.call.mute"] = Command((_, id, stop) => _call.Mute(id, stop)),
            ["goto.call.unmute"] = Command((_, id, stop) => _call.Unmute(id, stop)),
        };
        if (dials) methods["goto.call.send_dtmf"] = Command((request, id, stop) => _call.SendDtmf(Text(request, "digits"), id, stop));
        Methods = methods;
    }

    /// <summary>The methods by name, for <see cref="JoinOptions.Rpc"/>.</summary>
    public IReadOnlyDictionary<string, RpcHandler> Methods { get; }

    /// <param name="ask">Gives the command to the call.</param>
    /// <param name="settles">Whether to wait for what comes of it; a call that ends takes the room along.</param>
    private RpcHandler Command(
        Func<JsonElement, CommandId, CancellationToken, Task<CommandReceipt>> ask, bool settles = true) =>
        async (invocation, stop) =>
        {
            if (!_mayCommand(invocation.Identity))
                throw new RpcException(Forbidden, "Only an agent of the call may command it.");
            // What was set when the room was joined is not the agent's.
            RequestContext.Clear();
            RequestContext.Set("actor", Actor);
            try
            {
                using var request = Parse(invocation.Payload);
                var id = request.RootElement.TryGetProperty("id", out var named) && named.ValueKind == JsonValueKind.String
                    ? new CommandId(named.GetString()!)
                    : CommandId.New();
                await ask(request.RootElement, id, stop);
                if (!settles) return "{}";
                var outcome = await _call.WhenSettled(id, stop);
                return outcome.Result is CommandResult.Failed
                    ? throw new RpcException(Failed, $"{outcome.Failure}: {outcome.Detail}")
                    : "{}";
            }
            catch (Exception e) when (e is JsonException or FormatException or CallArgumentException)
            {
                throw new RpcException(BadRequest, e.Message);
            }
            catch (Exception e) when (e is CallTransitionException or CallNotFoundException)
            {
                throw new RpcException(Refused, e.Message);
            }
        };

    private static JsonDocument Parse(string payload)
    {
        var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(payload) ? "{}" : payload);
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        document.Dispose();
        throw new JsonException("The request is a JSON object.");
    }

    private static string Text(JsonElement request, string name) =>
        request.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new JsonException($"The request needs the text \"{name}\".");
}
