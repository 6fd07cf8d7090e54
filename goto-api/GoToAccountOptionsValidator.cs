using Microsoft.Extensions.Options;

namespace GoTo.Api;

/// <summary>
/// Refuses incomplete account options when the host starts, each missing setting by its name. Register with
/// <c>AddOptionsWithValidateOnStart&lt;GoToAccountOptions, GoToAccountOptionsValidator&gt;(name)</c>.
/// </summary>
public sealed class GoToAccountOptionsValidator : IValidateOptions<GoToAccountOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, GoToAccountOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = options.Validate(string.IsNullOrEmpty(name) ? "GoTo:Account" : $"GoTo:Accounts:{name}");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
