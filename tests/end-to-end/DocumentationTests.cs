using System.Text.RegularExpressions;
using GoTo.Api;
using GoTo.Calls;

namespace GoTo.EndToEnd.Tests;

/// <summary>docs/call-control.md names every command and every event, and tests that exist.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public async Task Every_test_that_the_tables_name_exists()
    {
        var rows = (await Page()).Split('\n').Where(line => line.StartsWith('|') && !line.Contains("`tests/", StringComparison.Ordinal));
        var named = rows.SelectMany(row => TestName().Matches(row)).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToArray();

        Assert.True(named.Length >= 40, $"only {named.Length} tests are named");
        var here = typeof(DocumentationTests).Assembly;
        Assert.DoesNotContain(named, name => here.GetType($"GoTo.EndToEnd.Tests.{name.Item1}")?.GetMethod(name.Item2) is null);
    }

    [Fact]
    public async Task Every_command_to_a_call_and_every_event_of_GoTo_has_its_row()
    {
        var rows = (await Page()).Split('\n').Where(line => line.StartsWith('|')).ToArray();
        var commands = typeof(ICallGrain).GetMethods().Where(method => method.ReturnType == typeof(Task<CommandReceipt>)).Select(method => method.Name);
        var events = typeof(EventTypes).GetFields().Select(field => (string)field.GetRawConstantValue()!).Where(type => type.StartsWith("call.", StringComparison.Ordinal));

        string[] wanted = [.. commands, .. events];
        Assert.True(wanted.Length >= 18, $"only {wanted.Length} are wanted");
        Assert.DoesNotContain(wanted, name => !rows.Any(row => row.Contains($"`{name}`", StringComparison.Ordinal)
            || row.Contains($".{name}`", StringComparison.Ordinal)));
    }

    private static async Task<string> Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.GoTo.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        return await File.ReadAllTextAsync(Path.Combine(folder.FullName, "docs", "call-control.md"), TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("`([A-Za-z]+Tests)[.]([A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
