using GoTo.Simulator.Cloud;
using GoTo.Simulator.Rooms;
using Microsoft.Extensions.Logging.Abstractions;

namespace GoTo.Bench;

/// <summary>
/// GoTo's cloud and the room server as simulated, in a process of their own: what they cost is neither the silo's nor the
/// client's, and a client does not wait for their garbage collection. It ends with its input.
/// </summary>
internal static class CallsCloud
{
    public const string Command = "calls-cloud";
    public const string ApiKey = "bench-key";
    public const string ApiSecret = "bench-secret-of-thirty-two-letters";

    public static async Task<int> Run()
    {
        await using var cloud = await GoToCloud.Start(new GoToCloudOptions(), TimeProvider.System, NullLoggerFactory.Instance, default);
        await using var rooms = await RoomServer.Start(
            new RoomServerOptions { ApiKey = ApiKey, ApiSecret = ApiSecret }, TimeProvider.System, NullLoggerFactory.Instance, default);
        Console.WriteLine(cloud.BaseUrl);
        Console.WriteLine(rooms.Url);
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
