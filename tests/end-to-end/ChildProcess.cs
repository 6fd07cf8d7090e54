using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text;
using Xunit.v3;

namespace GoTo.EndToEnd.Tests;

/// <summary>A process that a test started, and all that it has written. Ends with the test.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private TaskCompletionSource _changed = NewSignal();
    private int _shown;

    private ChildProcess(string name, ProcessStartInfo start)
    {
        _name = name;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.WorkingDirectory = Path.GetTempPath();
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Keep(line.Data, error: false);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data, error: true);
        Started.Add(this);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Standard output and standard error, as they came.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Standard error alone.</summary>
    public string Errors
    {
        get
        {
            lock (_output) return _errors.ToString();
        }
    }

    public bool HasExited => _process.HasExited;

    private static ConcurrentBag<ChildProcess> Started { get; } = [];

    /// <summary>Starts a program of ours from the output folder.</summary>
    public static ChildProcess Dotnet(
        string assembly, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        // A shell may have left SIGINT ignored for what it runs in the background; the program is to hear it.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", InOutput(assembly), .. arguments]);
        foreach (var (variable, value) in environment ?? new Dictionary<string, string?>()) start.Environment[variable] = value;
        return new ChildProcess(assembly, start);
    }

    public static ChildProcess Python(string script, params string[] arguments) =>
        new(script, new ProcessStartInfo("/usr/bin/python3", [InOutput(script), .. arguments]));

    /// <summary>Waits until it has written a text.</summary>
    public async Task Says(string text, TimeSpan limit)
    {
        while (true)
        {
            Task changed;
            lock (_output)
            {
                if (_output.ToString().Contains(text, StringComparison.Ordinal)) return;
                changed = _changed.Task;
            }
            Assert.False(_process.HasExited, $"{_name} ended with {(_process.HasExited ? _process.ExitCode : 0)} before it said '{text}'.");
            await changed.Within(limit, () => $"{_name} says '{text}'");
        }
    }

    /// <summary>Waits for its end; the exit code. All its output is there then.</summary>
    public async Task<int> Exit(TimeSpan limit)
    {
        await _process.WaitForExitAsync().Within(limit, () => $"{_name} ends");
        return _process.ExitCode;
    }

    /// <summary>Sends a signal, as in <c>INT</c>.</summary>
    public async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>SIGKILL: nothing is said to anybody.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await Kill();
        _process.Dispose();
    }

    /// <summary>What all processes have written since this was last asked.</summary>
    internal static IEnumerable<string> NewOutput()
    {
        foreach (var process in Started)
        {
            var output = process.Output;
            if (output.Length == process._shown) continue;
            yield return $"--- {process._name}:\n{output[process._shown..]}";
            process._shown = output.Length;
        }
    }

    private static string InOutput(string file) => Path.Combine(AppContext.BaseDirectory, file);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Keep(string? line, bool error)
    {
        lock (_output)
        {
            if (line is not null) _output.AppendLine(line);
            if (line is not null && error) _errors.AppendLine(line);
            _changed.SetResult();
            _changed = NewSignal();
        }
    }
}

/// <summary>Puts into each test's output what the processes wrote while it ran, so that a failure can be read.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class ShowProcessOutputAttribute : BeforeAfterTestAttribute
{
    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        foreach (var output in ChildProcess.NewOutput()) TestContext.Current.TestOutputHelper?.WriteLine(output);
    }
}
