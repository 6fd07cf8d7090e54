using System.Text.Json;
using GoTo.Calls;
using GoTo.LiveKit;
using GoTo.Media;
using GoTo.Numbers;

namespace GoTo.Grains.Tests.Media;

/// <summary>What a number's registration makes of its room, its agents' jobs and its phone's participant.</summary>
public sealed class PhoneInRoomTests
{
    private const string Caller = "+15551234567";
    private const string Called = "+15555550100";

    private static readonly LiveKitOptions LiveKit = new()
    {
        Url = new Uri("ws://127.0.0.1:7880"), ApiKey = "key", ApiSecret = "a-secret-of-thirty-two-characters!",
    };

    [Fact]
    public void Unless_told_otherwise_the_room_is_short_lived_and_is_told_the_numbers()
    {
        var phone = Phone(new NumberRegistration("acme", "receptionist"));

        var room = phone.Room();
        Assert.Equal(("call-c1", "", 60u, 5u), (room.Name, room.Metadata, room.EmptyTimeout, room.DepartureTimeout));
        var job = Assert.Single(room.Agents);
        Assert.Equal("receptionist", job.AgentName);
        Assert.Equal(
            new() { ["call"] = "main/c1", ["tenant"] = "acme", ["from"] = Caller, ["to"] = Called }, Told(job.Metadata));
        var token = TokenOf(phone);
        Assert.Equal(("phone-c1", "Phone"), (token.Identity, token.Name));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["sip.callID"] = "c1", ["sip.callStatus"] = "ringing", ["sip.phoneNumber"] = Caller, ["sip.trunkPhoneNumber"] = Called,
            },
            token.Attributes);
    }

    [Fact]
    public void A_registration_says_what_the_room_is_like()
    {
        var phone = Phone(new NumberRegistration("acme", "receptionist")
        {
            RoomName = "{tenant}.{agent}.{call}", Greeting = "Hello", Language = "de-AT",
            Metadata = new Dictionary<string, string> { ["crm"] = "42", ["tenant"] = "somebody else's" },
            Room = new RoomPolicy
            {
                Metadata = "m", EmptyTimeout = TimeSpan.FromMinutes(2), DepartureTimeout = TimeSpan.FromSeconds(30), ParticipantName = "Caller",
            },
        });

        var room = phone.Room();
        Assert.Equal(("acme.receptionist.c1", "m", 120u, 30u), (room.Name, room.Metadata, room.EmptyTimeout, room.DepartureTimeout));
        Assert.Equal("Caller", TokenOf(phone).Name);
        var told = Told(phone.Dispatch("next").Metadata);
        Assert.Equal(("Hello", "de-AT", "42", "acme"), (told["greeting"], told["language"], told["crm"], told["tenant"]));
    }

    [Fact]
    public void A_greeting_is_for_whoever_calls_and_not_for_whom_we_call()
    {
        var told = Told(Phone(new NumberRegistration("acme", "sales") { Greeting = "Hello", Language = "de-AT" }, outbound: true).Room().Agents[0].Metadata);

        Assert.DoesNotContain("greeting", told.Keys);
        Assert.Equal("de-AT", told["language"]);
    }

    [Theory]
    [InlineData(false, "from")]
    [InlineData(true, "to")]
    public void A_number_that_is_hidden_is_told_nowhere(bool outbound, string theirs)
    {
        var phone = Phone(
            new NumberRegistration("acme", "receptionist") { Room = new RoomPolicy { HidesNumber = true } }, outbound);

        Assert.DoesNotContain(theirs, Told(phone.Room().Agents[0].Metadata).Keys);
        Assert.DoesNotContain("sip.phoneNumber", TokenOf(phone).Attributes.Keys);
    }

    private static PhoneInRoom Phone(NumberRegistration registration, bool outbound = false) => new(
        new CallKey("main", "c1"),
        new RoomRequest(Caller, Called, registration.Tenant, registration.Agent) { Registration = registration, Outbound = outbound },
        LiveKit);

    private static Dictionary<string, string> Told(string metadata) => JsonSerializer.Deserialize<Dictionary<string, string>>(metadata)!;

    private static AccessToken TokenOf(PhoneInRoom phone) => new AccessTokenVerifier(
        new Dictionary<string, string> { [LiveKit.ApiKey!] = LiveKit.ApiSecret! }, TimeProvider.System)
        .Verify(phone.Join(TimeProvider.System, 0, new Dictionary<string, RpcHandler>()).Token).Token;
}
