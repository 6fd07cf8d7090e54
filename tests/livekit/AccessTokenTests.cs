using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using GoTo.LiveKit.Protocol;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.LiveKit.Tests;

public sealed class AccessTokenTests
{
    private const string Key = "devkey";
    private const string Secret = "secret";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));

    [Fact]
    public void A_token_is_a_jwt_of_exactly_the_claims_livekit_reads()
    {
        var jwt = new AccessToken
        {
            Identity = "call-1",
            Name = "+1 555 0100",
            Metadata = "m",
            Kind = ParticipantInfo.Types.Kind.Sip,
            Attributes = new Dictionary<string, string> { ["sip.callID"] = "c1" },
            Video = new VideoGrant
            {
                RoomJoin = true,
                Room = "r1",
                CanPublish = true,
                CanSubscribe = true,
                CanPublishData = false,
                CanPublishSources = [TrackSource.Microphone, TrackSource.ScreenShareAudio],
                CanUpdateOwnMetadata = true,
            },
            Sip = new SipGrant(Admin: false, Call: true),
            RoomConfig = new RoomConfiguration
            {
                EmptyTimeout = 30,
                DepartureTimeout = 5,
                Agents = { new RoomAgentDispatch { AgentName = "echo", Metadata = "x" } },
            },
            ValidFor = TimeSpan.FromHours(1),
        }.Sign(Key, Secret, _time);

        var parts = jwt.Split('.');
        Assert.Equal("""{"alg":"HS256","typ":"JWT"}""", Decoded(parts[0]));
        const string expected = """
            {"iss":"devkey","sub":"call-1","iat":1800000000,"nbf":1800000000,"exp":1800003600,"name":"+1 555 0100",
            "metadata":"m","attributes":{"sip.callID":"c1"},"kind":"sip","video":{"roomJoin":true,"room":"r1",
            "canPublish":true,"canSubscribe":true,"canPublishData":false,
            "canPublishSources":["microphone","screen_share_audio"],"canUpdateOwnMetadata":true},"sip":{"call":true},
            "roomConfig":{"emptyTimeout":30,"departureTimeout":5,"agents":[{"agentName":"echo","metadata":"x"}]}}
            """;
        using var wanted = JsonDocument.Parse(expected);
        using var written = JsonDocument.Parse(Decoded(parts[1]));
        Assert.True(JsonElement.DeepEquals(wanted.RootElement, written.RootElement), Decoded(parts[1]));
        var signature = HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(Secret), Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
        Assert.Equal(Convert.ToBase64String(signature).TrimEnd('=').Replace('+', '-').Replace('/', '_'), parts[2]);
    }

    [Fact]
    public void What_is_signed_is_read_back_whole()
    {
        var token = new AccessToken
        {
            Identity = "agent-1",
            Kind = ParticipantInfo.Types.Kind.Agent,
            KindDetails = ["cloud_agent"],
            Video = new VideoGrant
            {
                RoomCreate = true,
                RoomList = true,
                RoomRecord = true,
                RoomAdmin = true,
                IngressAdmin = true,
                Hidden = true,
                Recorder = true,
                Agent = true,
                CanSubscribeMetrics = false,
                CanManageAgentSession = true,
                DestinationRoom = "r2",
            },
            ValidFor = TimeSpan.FromMinutes(10),
        };

        var verified = Verifier().Verify(token.Sign(Key, Secret, _time));

        Assert.Equal(Key, verified.ApiKey);
        Assert.Equal("agent-1", verified.Token.Identity);
        Assert.Equal(ParticipantInfo.Types.Kind.Agent, verified.Token.Kind);
        Assert.Equal(["cloud_agent"], verified.Token.KindDetails);
        Assert.Equal(
            token.Video with { CanPublishSources = [] }, verified.Token.Video! with { CanPublishSources = [] });
        Assert.Equal(_time.GetUtcNow() + TimeSpan.FromMinutes(10), verified.Expires);
        Assert.Equal(TimeSpan.FromMinutes(10), verified.Token.ValidFor);
    }

    // The example token of jwt.io: signed by another implementation, without iss and exp.
    [Fact]
    public void A_token_signed_by_another_implementation_is_verified()
    {
        const string jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." +
            "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ." +
            "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c";
        var verifier = new AccessTokenVerifier(
            new Dictionary<string, string> { [""] = "your-256-bit-secret" }, _time);

        var verified = verifier.Verify(jwt);

        Assert.Equal("1234567890", verified.Token.Identity);
        Assert.Equal("John Doe", verified.Token.Name);
        Assert.Null(verified.Expires);
    }

    [Theory]
    [InlineData(-59, true)]
    [InlineData(-61, false)]
    public void A_token_may_start_up_to_60_seconds_from_now(int secondsFromSigning, bool accepted)
    {
        var jwt = Joinable().Sign(Key, Secret, _time);
        var verifier = Verifier(_time.GetUtcNow().AddSeconds(secondsFromSigning));
        if (accepted)
            Assert.Equal("me", verifier.Verify(jwt).Token.Identity);
        else
            Assert.Equal(
                AccessTokenError.NotYetValid, Assert.Throws<AccessTokenException>(() => verifier.Verify(jwt)).Error);
    }

    [Theory]
    [InlineData(600 + 60, true)]
    [InlineData(600 + 61, false)]
    public void A_token_may_have_ended_up_to_60_seconds_ago(int secondsFromSigning, bool accepted)
    {
        var jwt = (Joinable() with { ValidFor = TimeSpan.FromSeconds(600) }).Sign(Key, Secret, _time);
        var verifier = Verifier(_time.GetUtcNow().AddSeconds(secondsFromSigning));
        if (accepted)
            Assert.Equal("me", verifier.Verify(jwt).Token.Identity);
        else
            Assert.Equal(
                AccessTokenError.Expired, Assert.Throws<AccessTokenException>(() => verifier.Verify(jwt)).Error);
    }

    [Fact]
    public void A_token_changed_in_any_byte_is_refused_and_not_quoted()
    {
        var jwt = Joinable().Sign(Key, Secret, _time);
        var verifier = Verifier();
        for (var i = 0; i < jwt.Length - 1; i++)
        {
            if (jwt[i] == '.')
                continue;
            var changed = jwt[..i] + (jwt[i] == 'A' ? 'B' : 'A') + jwt[(i + 1)..];
            var refused = Assert.Throws<AccessTokenException>(() => verifier.Verify(changed));
            Assert.DoesNotContain(changed[..20], refused.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", AccessTokenError.Malformed)]
    [InlineData("a.b", AccessTokenError.Malformed)]
    [InlineData("not a token", AccessTokenError.Malformed)]
    // {"alg":"none"}.{"iss":"devkey"}
    [InlineData("eyJhbGciOiJub25lIn0.eyJpc3MiOiJkZXZrZXkifQ.", AccessTokenError.WrongAlgorithm)]
    // {"alg":"HS512","typ":"JWT"}.{"iss":"devkey"}
    [InlineData("eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJkZXZrZXkifQ.AAAA", AccessTokenError.WrongAlgorithm)]
    // {"alg":"HS256","typ":"JWT"}.[1]
    [InlineData("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.WzFd.AAAA", AccessTokenError.Malformed)]
    public void What_is_no_signed_token_is_refused(string jwt, AccessTokenError error) =>
        Assert.Equal(error, Assert.Throws<AccessTokenException>(() => Verifier().Verify(jwt)).Error);

    [Fact]
    public void A_key_the_server_does_not_know_is_refused() =>
        Assert.Equal(
            AccessTokenError.UnknownApiKey,
            Assert.Throws<AccessTokenException>(
                () => Verifier().Verify(Joinable().Sign("other", Secret, _time))).Error);

    [Fact]
    public void A_secret_longer_than_a_hash_block_signs_and_verifies()
    {
        var secret = new string('k', 100);
        var verifier = new AccessTokenVerifier(new Dictionary<string, string> { [Key] = secret }, _time);
        Assert.Equal("me", verifier.Verify(Joinable().Sign(Key, secret, _time)).Token.Identity);
    }

    private static AccessToken Joinable() =>
        new() { Identity = "me", Video = new VideoGrant { RoomJoin = true, Room = "r" } };

    private AccessTokenVerifier Verifier(DateTimeOffset? now = null) =>
        new(new Dictionary<string, string> { [Key] = Secret }, now is { } at ? new FakeTimeProvider(at) : _time);

    private static string Decoded(string part) => Encoding.UTF8.GetString(Base64Url(part));

    private static byte[] Base64Url(string text) =>
        Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));
}
