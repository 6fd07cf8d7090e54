using GoTo.Calls;

namespace GoTo.Grains.Tests.Calls;

public sealed class CallTableTests
{
    [Fact]
    public void The_documented_states_are_those_of_the_rules()
    {
        var file = Path.Combine(Root(), "docs", "call-states.md");
        var page = CallTable.Page();
        if (Environment.GetEnvironmentVariable("GOTO_WRITE_DOCS") == "1") File.WriteAllText(file, page);
        Assert.True(
            File.Exists(file) && File.ReadAllText(file) == page,
            "docs/call-states.md is stale. Print it anew with GOTO_WRITE_DOCS=1 dotnet run --project tests/grains");
    }

    [Fact]
    public void The_documented_states_leave_no_command_out() => Assert.Equal(
        typeof(CallCommand).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(CallCommand))).Select(type => type.Name).Order(),
        CallTable.CommandsShown.Select(type => type.Name).Order());

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Orleans.GoTo.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
