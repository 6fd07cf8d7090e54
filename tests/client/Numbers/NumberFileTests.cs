using GoTo.Numbers;

namespace GoTo.Client.Tests.Numbers;

public sealed class NumberFileTests
{
    private static readonly RegisteredNumber Plain = new(PhoneNumber.Parse("+15555550100"), new NumberRegistration("acme", "echo"));

    private static readonly RegisteredNumber Full = new(PhoneNumber.Parse("+4930901820"), new NumberRegistration("globex", "reception")
    {
        NextAgents = ["second", "third"], AgentTimeout = TimeSpan.FromSeconds(7.5), LineId = "line_1",
        Greeting = "Guten Tag, \"Globex\";\nwas kann ich tun?", Language = "de-AT", Fallback = "voicemail:1001", ConcurrentCalls = 3,
        RoomName = "{tenant}-{call}", Metadata = new Dictionary<string, string> { ["crm"] = "42, \"x\"", ["ü"] = "ß" },
        Room = new RoomPolicy
        {
            Metadata = "{\"crm\":\"42\"}", EmptyTimeout = TimeSpan.FromSeconds(90), DepartureTimeout = TimeSpan.FromMinutes(1),
            ParticipantName = "Caller", HidesNumber = true, Dtmf = DtmfPolicy.ToRoom,
        },
        EarlyGreeting = "welcome",
        AgentLoss = new AgentLossPolicy { ReturnTimeout = TimeSpan.FromSeconds(2.5), Redispatch = false, Announcement = "wait" },
    });

    [Theory]
    [InlineData(NumberFileFormat.Csv)]
    [InlineData(NumberFileFormat.Json)]
    public async Task What_was_written_is_read_again_as_it_was(NumberFileFormat format)
    {
        var file = new StringWriter();
        await NumberFile.Write(file, format, [Plain, Full]);
        Assert.Equal([Plain, Full], await NumberFile.Read(new StringReader(file.ToString()), format, null));
    }

    [Fact]
    public async Task A_short_file_by_hand_is_enough_and_may_have_national_numbers()
    {
        const string csv = "Number,Tenant,Agents\n(555) 555-0100, acme ,echo\n\"+49 30 901820\",globex,reception | second\n";
        var numbers = await NumberFile.Read(new StringReader(csv), NumberFileFormat.Csv, "US");
        Assert.Equal([Plain, new(Full.Number, new NumberRegistration("globex", "reception") { NextAgents = ["second"] })], numbers);
        const string json = """[{ "number": "+15555550100", "tenant": "acme", "agents": ["echo"] }]""";
        Assert.Equal([Plain], await NumberFile.Read(new StringReader(json), NumberFileFormat.Json, null));
    }

    [Theory]
    [InlineData(NumberFileFormat.Csv, "number,tenant,agents\n+15555550100,acme,echo\nnonsense,acme,echo\n5550100,acme,echo\n", "Row 2:|Row 3:")]
    [InlineData(NumberFileFormat.Csv, "number,tenant,agents\n+15555550100,acme,a\n+1 555 555 0100,acme,b\n", "is there 2 times")]
    [InlineData(NumberFileFormat.Csv, "number,tenant,agent,colour\n", "Unknown columns: agent, colour")]
    [InlineData(NumberFileFormat.Csv, "number,tenant,agents,concurrentCalls\n+15555550100,acme,a,many\n", "Row 1: concurrentCalls")]
    [InlineData(NumberFileFormat.Csv, "number,tenant,agents,metadata\n+15555550100,acme,a,{x\n", "Row 1: metadata")]
    [InlineData(NumberFileFormat.Csv, "number,tenant,agents,room\n+15555550100,acme,a,\"{\"\"color\"\":1}\"\n", "Row 1: room")]
    [InlineData(NumberFileFormat.Csv, "number,tenant,agents,agentTimeout\n+15555550100,acme,a,soon\n", "agentTimeout must be written as 00:00:10")]
    [InlineData(NumberFileFormat.Json, "{", "not an array of numbers")]
    [InlineData(NumberFileFormat.Json, """[{"number":"+15555550100","colour":"red"}]""", "not an array of numbers")]
    public async Task A_file_with_faults_is_refused_whole_and_each_is_named(NumberFileFormat format, string text, string expected)
    {
        var e = await Assert.ThrowsAsync<NumberFileException>(() => NumberFile.Read(new StringReader(text), format, null));
        foreach (var part in expected.Split('|')) Assert.Contains(e.Problems, problem => problem.Contains(part, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(NumberFileFormat.Csv, "")]
    [InlineData(NumberFileFormat.Csv, "number,tenant,agents\n")]
    [InlineData(NumberFileFormat.Json, "[]")]
    public async Task A_file_without_numbers_has_none(NumberFileFormat format, string text) =>
        Assert.Empty(await NumberFile.Read(new StringReader(text), format, null));
}
