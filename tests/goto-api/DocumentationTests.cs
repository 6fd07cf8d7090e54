using System.Text.RegularExpressions;

namespace GoTo.Api.Tests;

/// <summary>The table of docs/goto-api.md names tests that exist.</summary>
public sealed partial class DocumentationTests
{
    [Fact]
    public async Task Every_test_that_the_table_names_exists()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Orleans.GoTo.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        var table = await File.ReadAllTextAsync(
            Path.Combine(folder.FullName, "docs", "goto-api.md"), TestContext.Current.CancellationToken);

        var named = TestName().Matches(table).Select(match => (match.Groups[1].Value, match.Groups[2].Value)).ToArray();

        Assert.True(named.Length >= 30, $"only {named.Length} tests are named");
        var here = typeof(DocumentationTests).Assembly;
        Assert.DoesNotContain(
            named, name => here.GetType($"GoTo.Api.Tests.{name.Item1}")?.GetMethod(name.Item2) is null);
    }

    [GeneratedRegex("`([A-Za-z]+Tests)[.]([A-Za-z0-9_]+)`")]
    private static partial Regex TestName();
}
