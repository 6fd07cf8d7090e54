using System.Text.Json.Nodes;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>What a client told without having been asked, in order.</summary>
internal sealed class ToldEvents(string client, Func<string> errors)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly List<(string Name, JsonNode? Data)> _events = [];
    private TaskCompletionSource _told = Signal();

    public void Add(string name, JsonNode? data)
    {
        lock (_events)
        {
            _events.Add((name, data));
            _told.SetResult();
            _told = Signal();
        }
    }

    public IReadOnlyList<JsonNode?> Of(string name)
    {
        lock (_events) return [.. _events.Where(each => each.Name == name).Select(each => each.Data)];
    }

    /// <summary>Waits for the first event of a name that is as wanted, also one that came before.</summary>
    public async Task<JsonNode?> Wait(string name, Func<JsonNode, bool>? wanted, Task end)
    {
        var patience = Task.Delay(Deadline, TestContext.Current.CancellationToken);
        while (true)
        {
            Task told;
            lock (_events)
            {
                foreach (var each in _events)
                {
                    if (each.Name == name && (wanted is null || each.Data is { } data && wanted(data))) return each.Data;
                }
                told = _told.Task;
            }
            var first = await Task.WhenAny(told, patience, end);
            if (first != told) Assert.Fail($"{client} has not told '{name}' as wanted.\n{this}{errors()}");
        }
    }

    public override string ToString()
    {
        lock (_events) return string.Concat(_events.Select(each => $"{each.Name} {each.Data?.ToJsonString()}\n"));
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
