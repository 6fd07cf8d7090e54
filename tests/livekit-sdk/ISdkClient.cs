using System.Text.Json.Nodes;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>A participant on one of LiveKit's own clients; all have the same methods and events.</summary>
public interface ISdkClient : IAsyncDisposable
{
    /// <summary>Calls a method.</summary>
    /// <exception cref="NodeException">It threw.</exception>
    Task<JsonNode?> Call(string method, object? args = null);

    /// <summary>Waits for the first event of a name that is as wanted, also one that came before.</summary>
    Task<JsonNode?> Event(string name, Func<JsonNode, bool>? wanted = null);

    /// <summary>The events of a name so far.</summary>
    IReadOnlyList<JsonNode?> Events(string name);
}
