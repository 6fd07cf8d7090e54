using GoTo.Numbers;

namespace GoTo.Grains.Tests.Numbers;

public sealed class RegistrationRulesTests
{
    private static readonly NumberRegistration Good = new("acme", "receptionist");

    [Fact]
    public void What_is_usual_and_what_is_just_allowed_is_allowed()
    {
        Assert.Empty(RegistrationRules.Problems(Good));
        Assert.Empty(RegistrationRules.Problems(Good with
        {
            Tenant = new string('a', 64), NextAgents = [.. Enumerable.Range(1, 8).Select(i => $"agent {i}")],
            AgentTimeout = TimeSpan.FromMinutes(2), LineId = "line_abc", Greeting = new string('x', 1000), Language = "zh-Hant-TW",
            Fallback = "sip:desk@example.com", ConcurrentCalls = 1, RoomName = "{tenant}.{agent}-{call}",
            Metadata = new Dictionary<string, string> { ["k"] = new string('v', RegistrationRules.MostMetadataBytes - 1) },
        }));
    }

    public static TheoryData<string, NumberRegistration> Faulty => new()
    {
        { "Tenant", Good with { Tenant = "" } },
        { "Tenant", Good with { Tenant = "a/b" } },
        { "Tenant", Good with { Tenant = new string('a', 65) } },
        { "Agent", Good with { Agent = "" } },
        { "Agent", Good with { Agent = " x" } },
        { "Agent", Good with { NextAgents = ["a\nb"] } },
        { "NextAgents", Good with { NextAgents = [.. Enumerable.Range(1, 9).Select(i => $"agent{i}")] } },
        { "NextAgents", Good with { NextAgents = ["receptionist"] } },
        { "AgentTimeout", Good with { AgentTimeout = TimeSpan.Zero } },
        { "AgentTimeout", Good with { AgentTimeout = TimeSpan.FromMinutes(2.1) } },
        { "LineId", Good with { LineId = "a b" } },
        { "Greeting", Good with { Greeting = new string('x', 1001) } },
        { "Language", Good with { Language = "deutsch, bitte" } },
        { "Fallback", Good with { Fallback = "somebody" } },
        { "Fallback", Good with { Fallback = "tel:+" } },
        { "ConcurrentCalls", Good with { ConcurrentCalls = 0 } },
        { "ConcurrentCalls", Good with { ConcurrentCalls = -1 } },
        { "RoomName", Good with { RoomName = "room" } },
        { "RoomName", Good with { RoomName = "{call}/{number}" } },
        { "RoomName", Good with { RoomName = "{call}" + new string('x', 100) } },
        { "EarlyGreeting", Good with { EarlyGreeting = "../welcome" } },
        { "AgentLoss: ReturnTimeout", Good with { AgentLoss = new AgentLossPolicy { ReturnTimeout = TimeSpan.FromMinutes(3) } } },
        { "AgentLoss: Announcement", Good with { AgentLoss = new AgentLossPolicy { Announcement = "../wait" } } },
        { "Room: Metadata", Good with { Room = new RoomPolicy { Metadata = new string('ü', 2049) } } },
        { "Room: EmptyTimeout", Good with { Room = new RoomPolicy { EmptyTimeout = TimeSpan.Zero } } },
        { "Room: DepartureTimeout", Good with { Room = new RoomPolicy { DepartureTimeout = TimeSpan.FromSeconds(1.5) } } },
        { "Room: ParticipantName", Good with { Room = new RoomPolicy { ParticipantName = " " } } },
        { "Room: Dtmf", Good with { Room = new RoomPolicy { Dtmf = (DtmfPolicy)7 } } },
        { "Metadata", Good with { Metadata = Enumerable.Range(0, 33).ToDictionary(i => $"{i}", _ => "") } },
        { "Metadata", Good with { Metadata = new Dictionary<string, string> { ["k"] = new string('ü', 2048) } } },
        { "Metadata", Good with { Metadata = new Dictionary<string, string> { [""] = "v" } } },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_fault_is_told_in_a_sentence_that_begins_with_its_field(string field, NumberRegistration registration) =>
        Assert.StartsWith(field, Assert.Single(RegistrationRules.Problems(registration)), StringComparison.Ordinal);

    [Fact]
    public void All_faults_are_told_at_once() => Assert.Equal(
        3, RegistrationRules.Problems(Good with { Tenant = "", AgentTimeout = TimeSpan.Zero, RoomName = "" }).Count);

    [Fact]
    public void Registrations_that_say_the_same_are_equal()
    {
        var one = Good with { NextAgents = ["b"], Metadata = new Dictionary<string, string> { ["k"] = "v" } };
        Assert.Equal(one, Good with { NextAgents = ["b"], Metadata = new Dictionary<string, string> { ["k"] = "v" } });
        Assert.NotEqual(one, one with { NextAgents = ["c"] });
        Assert.NotEqual(one, one with { Metadata = new Dictionary<string, string> { ["k"] = "w" } });
        Assert.NotEqual(one, one with { RoomName = "x-{call}" });
        Assert.NotEqual(one, one with { Greeting = "hello" });
        Assert.NotEqual(one, one with { EarlyGreeting = "welcome" });
        Assert.NotEqual(one, one with { AgentLoss = new AgentLossPolicy { Redispatch = false } });
        Assert.NotEqual(one, one with { Room = new RoomPolicy { HidesNumber = true } });
    }
}
