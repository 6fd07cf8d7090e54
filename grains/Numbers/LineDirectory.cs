using GoTo.Accounts;
using GoTo.Api;

namespace GoTo.Numbers;

/// <summary>
/// Which number is on which of GoTo's lines, as far as GoTo says so: kept for 5 min, and for 30 s where a number was
/// missing, since whoever reads a warning goes and mends it (resolution D3).
/// </summary>
internal sealed class LineDirectory(AccountClients accounts, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FreshEnoughToMiss = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _asking = new(1);
    private IReadOnlyList<Line> _lines = [];
    private DateTimeOffset? _readAt;

    /// <summary>What does not fit between a number, its line, and what GoTo says of both; in sentences, without the number.</summary>
    public async Task<IReadOnlyList<string>> Check(PhoneNumber number, string? lineId)
    {
        try
        {
            var problem = Problem(await Lines(Fresh), number, lineId);
            if (problem is not null) problem = Problem(await Lines(FreshEnoughToMiss), number, lineId);
            return problem is null ? [] : [problem];
        }
        catch (Exception e) when (e is GoToApiException or AccountAccessException or OperationCanceledException)
        {
            return [$"GoTo could not be asked for its lines: {e.Message}"];
        }
    }

    public void Dispose() => _asking.Dispose();

    private static string? Problem(IReadOnlyList<Line> lines, PhoneNumber number, string? lineId)
    {
        var holder = lines.FirstOrDefault(line => line.PhoneNumbers.Any(n => PhoneNumber.TryParse(n.Number, out var own) && own == number));
        return lineId switch
        {
            null when holder is null => "No line of GoTo's has this number; calls come only if a dial plan leads them to one.",
            null => null,
            _ when lines.All(line => line.Id != lineId) => $"GoTo has no line '{lineId}'.",
            _ when holder is null => $"No line of GoTo's has this number, '{lineId}' neither; calls come only if a dial plan leads them there.",
            _ when holder.Id != lineId => $"GoTo has this number on line '{holder.Id}', not on '{lineId}'.",
            _ => null,
        };
    }

    private async Task<IReadOnlyList<Line>> Lines(TimeSpan freshness)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        await _asking.WaitAsync(patience.Token);
        try
        {
            if (_readAt is { } at && time.GetUtcNow() - at < freshness) return _lines;
            var lines = new List<Line>();
            foreach (var account in accounts.Names)
            {
                await foreach (var line in accounts.Lines(account, patience.Token)) lines.Add(line);
            }
            (_lines, _readAt) = (lines, time.GetUtcNow());
            return _lines;
        }
        finally
        {
            _asking.Release();
        }
    }
}
