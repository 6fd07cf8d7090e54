using System.Text.Json.Nodes;

namespace GoTo.Simulator.Cloud;

/// <summary>What both the admin API and a scenario can do to the cloud.</summary>
internal static class AdminActions
{
    /// <summary>Cuts the event sockets, or closes them with a code; returns how many.</summary>
    public static int DropSockets(CloudState state, JsonObject body)
    {
        var code = body.Integer("code");
        return state.Channels.ForEachSocket(body.Text("channelId"), socket =>
        {
            if (code is { } known)
                socket.Close(known, "Dropped on request.");
            else
                socket.Cut();
        });
    }

    /// <summary>Leaves the event sockets half-open; returns how many.</summary>
    public static int StallSockets(CloudState state, JsonObject body) =>
        state.Channels.ForEachSocket(body.Text("channelId"), socket => socket.Stall());

    /// <summary>Other rate limits from now on.</summary>
    public static void Limit(CloudState state, JsonObject body)
    {
        var (limits, retryAfter) = ReadLimits(body);
        state.RateLimiter.Set(limits, retryAfter);
    }

    /// <exception cref="CloudRefusal">A field is none of the known words.</exception>
    public static (CloudRateLimits Limits, CloudRetryAfter RetryAfter) ReadLimits(JsonObject body) => (
        body.Text("limits") switch
        {
            "arch-002" => CloudRateLimits.Arch002,
            "goto-public" => CloudRateLimits.GoToPublic,
            "off" => CloudRateLimits.Off,
            _ => throw CloudRefusal.BadRequest("'limits' must be arch-002, goto-public or off."),
        },
        body.Text("retryAfter") switch
        {
            null or "seconds" => CloudRetryAfter.Seconds,
            "date" => CloudRetryAfter.Date,
            "absent" => CloudRetryAfter.Absent,
            _ => throw CloudRefusal.BadRequest("'retryAfter' must be seconds, date or absent."),
        });
}
