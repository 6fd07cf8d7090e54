namespace GoTo.Api.Tests;

/// <summary>Reads an event stream item by item, each with a deadline.</summary>
internal sealed class EventReader(EventStream stream) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly IAsyncEnumerator<EventStreamItem> _items = stream.ReadAll().GetAsyncEnumerator();

    public EventStream Stream => stream;

    /// <summary>The next item, which must be of this kind.</summary>
    public async Task<T> Next<T>()
        where T : EventStreamItem
    {
        var more = await _items.MoveNextAsync().AsTask().WaitAsync(Deadline, Given.Cancellation);
        Assert.True(more, "the stream ended");
        return Assert.IsType<T>(_items.Current);
    }

    /// <summary>The next item, which must be this kind of event.</summary>
    public async Task<T> NextEvent<T>()
        where T : GoToEvent => Assert.IsType<T>((await Next<StreamEvent>()).Event);

    /// <summary>Reads on to an item of this kind.</summary>
    public async Task<T> Until<T>(Func<T, bool>? condition = null)
        where T : EventStreamItem
    {
        while (true)
        {
            var more = await _items.MoveNextAsync().AsTask().WaitAsync(Deadline, Given.Cancellation);
            Assert.True(more, "the stream ended");
            if (_items.Current is T found && condition?.Invoke(found) != false)
                return found;
        }
    }

    /// <summary>Disposes the stream and reads what is left of it to its end.</summary>
    public async Task End(int? expectedItems = null)
    {
        await stream.DisposeAsync();
        var left = 0;
        while (await _items.MoveNextAsync().AsTask().WaitAsync(Deadline, Given.Cancellation))
            left++;
        if (expectedItems is { } expected)
            Assert.Equal(expected, left);
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
