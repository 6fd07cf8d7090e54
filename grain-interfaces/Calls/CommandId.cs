using System.Text.Json;
using System.Text.Json.Serialization;

namespace GoTo.Calls;

/// <summary>
/// The caller's own name for one command. The same id again, to the same call, is the same command: it is not done a
/// second time, and its first receipt and outcome are given, from any process, also after the call has ended.
/// </summary>
[GenerateSerializer, Immutable, Alias("call.command-id")]
[JsonConverter(typeof(Json))]
public readonly record struct CommandId
{
    /// <summary>How long an id may be, in characters.</summary>
    public const int Longest = 64;

    /// <summary>An id of the caller's choice: 1 to 64 characters, none of them a control character.</summary>
    /// <exception cref="FormatException">The text is empty, too long, or holds control characters.</exception>
    public CommandId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length is 0 or > Longest || text.Any(char.IsControl))
            throw new FormatException($"A command id is 1 to {Longest} characters, none of them a control character.");
        Text = text;
    }

    [Id(0)] private string? Text { get; init; }

    /// <summary>No id was given. No command has it.</summary>
    public bool IsEmpty => Text is null;

    /// <summary>An id that nobody has used, for callers that need not repeat themselves.</summary>
    public static CommandId New() => new(Guid.NewGuid().ToString("n"));

    /// <summary>The id as the caller chose it.</summary>
    public override string ToString() => Text ?? "";

    private sealed class Json : JsonConverter<CommandId>
    {
        public override CommandId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetString() is { Length: > 0 } text ? new CommandId(text) : default;

        public override void Write(Utf8JsonWriter writer, CommandId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
