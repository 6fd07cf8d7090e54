using System.Diagnostics;
using GoTo.Journals;
using Microsoft.Extensions.Time.Testing;

namespace GoTo.Grains.Tests.Journals;

public sealed class JournalStoreTests
{
    private readonly SlowStorage _storage = new();
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _before = [];
    private readonly JournalStore<string> _journal;
    private int _failures;

    public JournalStoreTests() => _journal = new JournalStore<string>(_storage, _time, _before.Add, () => _failures++);

    [Fact]
    public async Task What_is_decided_during_a_write_is_stored_by_the_next_together()
    {
        var first = Take("a");
        var (second, third) = (Take("b"), Take("c"));
        Assert.Equal(("abc", ""), (_journal.Decided, _journal.Stored));

        _storage.Complete();
        await first;
        Assert.Equal("a", _journal.Stored);
        Assert.False(_journal.IsStored);

        await _storage.IsAsked(2);
        _storage.Complete();
        await Task.WhenAll(second, third);
        Assert.Equal("abc", _journal.Stored);
        Assert.Equal(["a", "abc"], _storage.Written);
        Assert.Equal(["", "a"], _before);
    }

    [Fact]
    public async Task A_step_that_may_wait_goes_with_the_one_that_may_not()
    {
        _journal.Append("a");
        _journal.StoreSoon();
        var due = Take("b");
        _storage.Complete();
        await due;
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_journal.IsStored);
        Assert.Equal(["ab"], _storage.Written);
    }

    [Fact]
    public async Task A_step_that_may_wait_is_stored_by_itself_in_the_end()
    {
        _journal.Append("a");
        _journal.StoreSoon();
        var more = _journal.Beyond("", TestContext.Current.CancellationToken);
        Assert.Empty(_storage.Written);

        _time.Advance(TimeSpan.FromMilliseconds(20));
        await _storage.IsAsked(1);
        _storage.Complete();

        Assert.True(await more);
        Assert.Equal("a", _journal.Stored);
    }

    [Fact]
    public async Task A_step_that_may_wait_and_comes_during_the_write_of_another_is_stored_by_itself_too()
    {
        _journal.Append("a");
        _journal.StoreSoon();
        _time.Advance(TimeSpan.FromMilliseconds(20));
        await _storage.IsAsked(1);
        _journal.Append("ab");
        _journal.StoreSoon();
        _storage.Complete();

        await _storage.IsAsked(2, meanwhile: () => _time.Advance(TimeSpan.FromMilliseconds(20)));
        _storage.Complete();

        Assert.True(_journal.IsStored);
        Assert.Equal(["a", "ab"], _storage.Written);
    }

    [Fact]
    public async Task Whoever_waits_for_more_is_let_go_when_there_is_none()
    {
        var more = _journal.Beyond(_journal.Stored, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(await more);
    }

    [Fact]
    public async Task What_could_not_be_stored_did_not_happen_and_nothing_is_stored_after_it()
    {
        var (first, second) = (Take("a"), Take("b"));
        _storage.Fail();

        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        Assert.Equal(("", "", "", 1), (_journal.Decided, _journal.Stored, _storage.State, _failures));
        await Assert.ThrowsAsync<IOException>(() => Take("c"));
        Assert.Empty(_storage.Written);
    }

    private Task Take(string step)
    {
        _journal.Append(_journal.Decided + step);
        return _journal.Store();
    }

    /// <summary>Storage that writes when the test says so.</summary>
    private sealed class SlowStorage : IPersistentState<string>
    {
        private TaskCompletionSource _write = new();
        private int _asked;

        public List<string> Written { get; } = [];

        public string State { get; set; } = "";

        public string Etag => "";

        public bool RecordExists => true;

        public async Task WriteStateAsync()
        {
            var state = State;
            _asked++;
            await _write.Task;
            Written.Add(state);
        }

        public Task ReadStateAsync() => Task.CompletedTask;

        public Task ClearStateAsync() => Task.CompletedTask;

        public void Complete()
        {
            var write = _write;
            _write = new TaskCompletionSource();
            write.SetResult();
        }

        public void Fail() => _write.SetException(new IOException("the disk is full"));

        public async Task IsAsked(int times, Action? meanwhile = null)
        {
            var limit = Stopwatch.StartNew();
            while (_asked < times)
            {
                Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), $"It was asked {_asked} times.");
                meanwhile?.Invoke();
                await Task.Yield();
            }
        }
    }
}
