using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GoTo.LiveKitSdk.Tests;

/// <summary>
/// A script of this folder in a process of Node.js: it answers calls, and tells events that can be waited for.
/// </summary>
public sealed class NodeScript : ISdkClient
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly string _name;
    private readonly Process _process;
    private readonly Task _reading;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode?>> _calls = new();
    private readonly StringBuilder _errors = new();
    private readonly ToldEvents _told;
    private int _lastCall;

    private NodeScript(string name, string[] arguments)
    {
        _name = name;
        _told = new ToldEvents(name, () => Errors);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo("node", [Path.Combine(Folder, name), .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors) _errors.AppendLine(line.Data);
        };
        _process.Start();
        _process.BeginErrorReadLine();
        _reading = Read();
    }

    /// <summary>Where the scripts and what npm installed for them are.</summary>
    public static string Folder { get; } = typeof(NodeScript).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(each => each.Key == "ScriptFolder").Value!;

    /// <summary>What it wrote to standard error.</summary>
    private string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <summary>Starts a script. Without what npm installs the test fails, for then nothing was proven.</summary>
    public static async Task<NodeScript> Start(string name, params string[] arguments)
    {
        Assert.True(
            Directory.Exists(Path.Combine(Folder, "node_modules")),
            $"LiveKit's clients are not installed: run 'npm ci' in {Folder} (./test.sh does).");
        var script = new NodeScript(name, arguments);
        await script.Event("ready");
        return script;
    }

    /// <summary>Calls a method of the script.</summary>
    /// <exception cref="NodeException">It threw.</exception>
    public async Task<JsonNode?> Call(string method, object? args = null)
    {
        var id = Interlocked.Increment(ref _lastCall);
        var answer = _calls[id] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var line = JsonSerializer.Serialize(new { id, method, args }, JsonSerializerOptions.Web);
        lock (_process)
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        try
        {
            return await answer.Task.WaitAsync(Deadline, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{_name} has not answered '{method}' in {Deadline}.\n{_told}{Errors}");
        }
    }

    /// <inheritdoc />
    public Task<JsonNode?> Event(string name, Func<JsonNode, bool>? wanted = null) => _told.Wait(name, wanted, _reading);

    /// <inheritdoc />
    public IReadOnlyList<JsonNode?> Events(string name) => _told.Of(name);

    /// <summary>Kills it: nothing is said to anybody.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        if (Errors.Trim() is { Length: > 0 } errors)
            TestContext.Current.TestOutputHelper?.WriteLine($"--- {_name}:\n{errors}");
        _process.Dispose();
    }

    private async Task Read()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } text)
        {
            // Libraries log between our lines.
            if (!text.StartsWith("{\"event\"", StringComparison.Ordinal) && !text.StartsWith("{\"id\"", StringComparison.Ordinal))
            {
                lock (_errors) _errors.AppendLine(text);
                continue;
            }
            var line = JsonNode.Parse(text)!;
            if (line["event"] is { } name)
            {
                _told.Add((string)name!, line["data"]);
            }
            else if (_calls.TryRemove((int)line["id"]!, out var call))
            {
                if (line["error"] is { } error)
                {
                    call.SetException(new NodeException(
                        (string)error["message"]!, $"{error["code"]}", (int?)error["status"]));
                }
                else
                {
                    call.SetResult(line["result"]);
                }
            }
        }
        foreach (var call in _calls.Values)
            call.TrySetException(new NodeException($"{_name} has ended.\n{Errors}", "", null));
    }
}

/// <summary>A method of a script threw.</summary>
public sealed class NodeException(string message, string code, int? status) : Exception(message)
{
    /// <summary>The error's code, as LiveKit's SDK has it.</summary>
    public string Code { get; } = code;

    /// <summary>The HTTP status, where it comes from one.</summary>
    public int? Status { get; } = status;
}
