using System.Diagnostics;
using GoTo.Bench.Fuzzing;

namespace GoTo.Bench;

/// <summary>
/// <c>fuzz</c>: mutated inputs into every parser, or one. An exception that escapes, or an input that allocates more
/// than it may, ends the run with exit code 1 and the command that shows it again.
/// </summary>
internal static class FuzzCommand
{
    public static int Run(string[] args)
    {
        var settings = new ConfigurationBuilder().AddCommandLine(args).Build();
        var inputs = settings.GetValue("inputs", 100_000L);
        var seed = settings.GetValue("seed", 1UL);
        var first = settings.GetValue("first", 0L);
        var parser = settings["parser"];
        var targets = FuzzTargets.All().Where(target => parser is null || target.Name == parser).ToList();
        if (targets.Count == 0)
        {
            Console.Error.WriteLine(
                $"There is no parser {parser}; there are {string.Join(", ", FuzzTargets.All().Select(t => t.Name))}.");
            return 2;
        }

        foreach (var target in targets)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                var most = FuzzRun.Feed(target, seed, inputs, first);
                Console.WriteLine(
                    $"{target.Name,-10} {inputs:N0} inputs from {first:N0}, seed {seed}: none escaped, at most {most:N0} "
                    + $"bytes allocated by one ({watch.Elapsed.TotalSeconds:0} s)");
            }
            catch (FuzzFailureException e)
            {
                Console.Error.WriteLine($"{e.Message}\n{e.InnerException}");
                return 1;
            }
        }

        return 0;
    }
}
