using System.CommandLine;

namespace GoTo.Cli.Commands;

/// <summary>Prints what a shell needs to complete commands and options: it asks <c>goto</c> itself, by its suggest directive.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _goto() { local IFS=$'\n'; COMPREPLY=($(goto "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)); }
        complete -o default -F _goto goto
        """;

    private const string Zsh = """
        _goto() { local -a found; found=("${(@f)$(goto "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}"); compadd -- $found; }
        compdef _goto goto
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName goto -ScriptBlock {
          param($word, $line, $position)
          goto "[suggest:$position]" "$line" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    public static Command Create(TextWriter output)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "pwsh");
        var command = new Command("completion", "Print a script that completes goto in a shell: eval \"$(goto completion bash)\"") { shell };
        command.SetAction(parsed =>
        {
            output.WriteLine(parsed.GetRequiredValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => PowerShell });
            return ExitCode.Done;
        });
        return command;
    }
}
