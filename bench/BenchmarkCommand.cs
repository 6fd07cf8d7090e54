using BenchmarkDotNet.Running;

namespace GoTo.Bench;

/// <summary>
/// Runs a class of benchmarks with BenchmarkDotNet; further arguments are its own (<c>--job short</c>).
/// </summary>
internal static class BenchmarkCommand
{
    public static int Run<T>(string[] arguments)
    {
        var summaries = BenchmarkSwitcher.FromTypes([typeof(T)]).Run(["--filter", "*", .. arguments]);
        return summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
    }
}
