using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using CsvHelper.Configuration;
using CsvHelper.TypeConversion;
using GoTo.Numbers;

namespace GoTo.Client;

/// <summary>Numbers with their registrations as a CSV or JSON file. Both hold the same fields.</summary>
internal static class NumberFile
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static async Task Write(TextWriter file, NumberFileFormat format, IReadOnlyList<RegisteredNumber> numbers)
    {
        var rows = numbers.Select(NumberRow.From).ToList();
        if (format is NumberFileFormat.Json)
        {
            await file.WriteLineAsync(JsonSerializer.Serialize(rows, Json));
            return;
        }
        await using var csv = new CsvWriter(file, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }, leaveOpen: true);
        csv.Context.RegisterClassMap<NumberRowMap>();
        await csv.WriteRecordsAsync(rows);
    }

    /// <exception cref="NumberFileException">It cannot be read; every row's fault is named.</exception>
    public static async Task<IReadOnlyList<RegisteredNumber>> Read(TextReader file, NumberFileFormat format, string? region)
    {
        var text = await file.ReadToEndAsync();
        var rows = format is NumberFileFormat.Json ? FromJson(text) : FromCsv(text);
        var (numbers, problems) = (new List<RegisteredNumber>(), new List<string>());
        foreach (var (row, at) in rows.Select((row, i) => (row, i + 1)))
        {
            try
            {
                numbers.Add(row.ToRegisteredNumber(region));
            }
            catch (FormatException e)
            {
                problems.Add($"Row {at}: {e.Message}");
            }
        }
        foreach (var twice in numbers.GroupBy(n => n.Number).Where(same => same.Count() > 1))
            problems.Add($"Number {twice.Key.Masked} is there {twice.Count()} times.");
        return problems.Count == 0 ? numbers : throw new NumberFileException(problems);
    }

    private static List<NumberRow> FromJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<List<NumberRow>>(text, Json) ?? [];
        }
        catch (JsonException e)
        {
            throw new NumberFileException([$"It is not an array of numbers (line {e.LineNumber + 1}, {e.Path})."]);
        }
    }

    private static List<NumberRow> FromCsv(string text)
    {
        using var csv = new CsvReader(
            new StringReader(text),
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                PrepareHeaderForMatch = header => header.Header.Trim().ToLowerInvariant(), MissingFieldFound = null,
                HeaderValidated = null, TrimOptions = TrimOptions.Trim,
            });
        csv.Context.RegisterClassMap<NumberRowMap>();
        var (rows, problems) = (new List<NumberRow>(), new List<string>());
        try
        {
            if (!csv.Read() || !csv.ReadHeader()) return [];
            var unknown = csv.HeaderRecord!.Where(name => !NumberRowMap.Names.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase)).ToList();
            if (unknown.Count > 0) throw new NumberFileException([$"Unknown columns: {string.Join(", ", unknown)}. Known: {string.Join(", ", NumberRowMap.Names)}."]);
            for (var row = 1; csv.Read(); row++)
            {
                try
                {
                    rows.Add(csv.GetRecord<NumberRow>());
                }
                catch (TypeConverterException e)
                {
                    problems.Add($"Row {row}: {e.MemberMapData.Names[0]} cannot be read.");
                }
            }
        }
        catch (BadDataException e)
        {
            problems.Add($"Line {e.Context?.Parser?.RawRow}: the quotes do not match.");
        }
        return problems.Count == 0 ? rows : throw new NumberFileException(problems);
    }
}

/// <summary>One number of a file.</summary>
internal sealed class NumberRow
{
    public string Number { get; set; } = "";
    public string Tenant { get; set; } = "";
    public IReadOnlyList<string> Agents { get; set; } = [];
    public string? AgentTimeout { get; set; }
    public string? LineId { get; set; }
    public string? Greeting { get; set; }
    public string? Language { get; set; }
    public string? Fallback { get; set; }
    public int? ConcurrentCalls { get; set; }
    public string? RoomName { get; set; }
    public IReadOnlyDictionary<string, string>? Metadata { get; set; }
    public RoomPolicy? Room { get; set; }
    public string? EarlyGreeting { get; set; }
    public AgentLossPolicy? AgentLoss { get; set; }

    public static NumberRow From(RegisteredNumber number)
    {
        var r = number.Registration;
        return new NumberRow
        {
            Number = number.Number.ToString(), Tenant = r.Tenant, Agents = [.. r.Agents],
            AgentTimeout = r.AgentTimeout.ToString("c", CultureInfo.InvariantCulture), LineId = r.LineId, Greeting = r.Greeting,
            Language = r.Language, Fallback = r.Fallback, ConcurrentCalls = r.ConcurrentCalls, RoomName = r.RoomName,
            Metadata = r.Metadata.Count == 0 ? null : r.Metadata, Room = r.Room == new RoomPolicy() ? null : r.Room,
            EarlyGreeting = r.EarlyGreeting, AgentLoss = r.AgentLoss == new AgentLossPolicy() ? null : r.AgentLoss,
        };
    }

    /// <exception cref="FormatException">The number or the time is none.</exception>
    public RegisteredNumber ToRegisteredNumber(string? region)
    {
        var timeout = TimeSpan.FromSeconds(10);
        if (!string.IsNullOrEmpty(AgentTimeout) && !TimeSpan.TryParseExact(AgentTimeout, "c", CultureInfo.InvariantCulture, out timeout))
            throw new FormatException("agentTimeout must be written as 00:00:10.");
        return new RegisteredNumber(NationalNumbers.Read(Number, region), new NumberRegistration(Tenant, Agents is [var first, ..] ? first : "")
        {
            NextAgents = [.. Agents.Skip(1)], AgentTimeout = timeout, LineId = Filled(LineId), Greeting = Filled(Greeting),
            Language = Filled(Language), Fallback = Filled(Fallback), ConcurrentCalls = ConcurrentCalls,
            RoomName = Filled(RoomName) ?? NumberRegistration.DefaultRoomName, Metadata = Metadata ?? new Dictionary<string, string>(),
            Room = Room ?? new RoomPolicy(), EarlyGreeting = Filled(EarlyGreeting),
            AgentLoss = AgentLoss ?? new AgentLossPolicy(),
        });
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

internal sealed class NumberRowMap : ClassMap<NumberRow>
{
    public static readonly IReadOnlyList<string> Names =
    [
        "number", "tenant", "agents", "agentTimeout", "lineId", "greeting", "language", "fallback", "concurrentCalls", "roomName", "metadata",
        "room", "earlyGreeting", "agentLoss",
    ];

    public NumberRowMap()
    {
        Map(row => row.Number).Name(Names[0]);
        Map(row => row.Tenant).Name(Names[1]);
        Map(row => row.Agents).Name(Names[2]).TypeConverter<AgentList>();
        Map(row => row.AgentTimeout).Name(Names[3]);
        Map(row => row.LineId).Name(Names[4]);
        Map(row => row.Greeting).Name(Names[5]);
        Map(row => row.Language).Name(Names[6]);
        Map(row => row.Fallback).Name(Names[7]);
        Map(row => row.ConcurrentCalls).Name(Names[8]);
        Map(row => row.RoomName).Name(Names[9]);
        Map(row => row.Metadata).Name(Names[10]).TypeConverter<JsonObject<Dictionary<string, string>>>();
        Map(row => row.Room).Name(Names[11]).TypeConverter<JsonObject<RoomPolicy>>();
        Map(row => row.EarlyGreeting).Name(Names[12]);
        Map(row => row.AgentLoss).Name(Names[13]).TypeConverter<JsonObject<AgentLossPolicy>>();
    }

    private sealed class AgentList : DefaultTypeConverter
    {
        public override object ConvertFromString(string? text, IReaderRow row, MemberMapData memberMapData) =>
            (text ?? "").Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        public override string ConvertToString(object? value, IWriterRow row, MemberMapData memberMapData) =>
            string.Join('|', (IReadOnlyList<string>?)value ?? []);
    }

    private sealed class JsonObject<T> : DefaultTypeConverter
    {
        private static readonly JsonSerializerOptions OnOneLine = new(NumberFile.Json) { WriteIndented = false };

        public override object? ConvertFromString(string? text, IReaderRow row, MemberMapData memberMapData)
        {
            if (string.IsNullOrWhiteSpace(text)) return null;
            try
            {
                return JsonSerializer.Deserialize<T>(text, OnOneLine);
            }
            catch (JsonException e)
            {
                throw new TypeConverterException(this, memberMapData, text, row.Context, "not the JSON object that it should be", e);
            }
        }

        public override string ConvertToString(object? value, IWriterRow row, MemberMapData memberMapData) =>
            value is null ? "" : JsonSerializer.Serialize(value, OnOneLine);
    }
}
