using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace GoTo.LiveKit.Tests;

public sealed class WebhookTests
{
    private const string Body = """
        {"event":"participant_left","room":{"sid":"RM_1","name":"call-1"},"participant":{"sid":"PA_1",
        "identity":"phone","disconnectReason":"ROOM_DELETED","kind":"SIP"},"egressInfo":{},"id":"EV_1",
        "createdAt":"1767225600"}
        """;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1767225600 + 30));

    private WebhookReceiver Receiver => new(new Dictionary<string, string> { ["key"] = "secret" }, _time);

    [Theory]
    [InlineData("")]
    [InlineData("Bearer ")]
    public void An_event_is_read(string prefix)
    {
        var happened = Receiver.Receive(Encoding.UTF8.GetBytes(Body), prefix + Sign(Body));

        Assert.Equal(
            ("participant_left", "call-1", "phone", "EV_1"),
            (happened.Event, happened.Room.Name, happened.Participant.Identity, happened.Id));
        Assert.Equal(Protocol.DisconnectReason.RoomDeleted, happened.Participant.DisconnectReason);
    }

    [Fact]
    public void What_is_not_signed_for_this_body_is_refused()
    {
        Assert.Equal(WebhookError.NotSigned, Refusal(Body, null));
        Assert.Equal(WebhookError.WrongBody, Refusal(Body + " ", Sign(Body)));
        Assert.Equal(WebhookError.WrongBody, Refusal(Body, new AccessToken().Sign("key", "secret", _time)));
        Assert.Equal(WebhookError.BadToken, Refusal(Body, Sign(Body, "another secret")));
        Assert.Equal(WebhookError.BadToken, Refusal(Body, "nonsense"));
        Assert.Equal(WebhookError.Malformed, Refusal("[]", Sign("[]")));
        Assert.Equal(WebhookError.Malformed, Refusal("{\"event\":5", Sign("{\"event\":5")));
    }

    [Fact]
    public void What_is_old_is_refused()
    {
        var token = Sign(Body);
        _time.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal(WebhookError.BadToken, Refusal(Body, token)); // signed for five minutes, and one of leeway
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(WebhookError.TooOld, Refusal(Body, Sign(Body)));
    }

    private WebhookError Refusal(string body, string? authorization) =>
        Assert.Throws<WebhookException>(() => Receiver.Receive(Encoding.UTF8.GetBytes(body), authorization)).Error;

    private string Sign(string body, string secret = "secret") => new AccessToken
    {
        Sha256 = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(body))),
        ValidFor = TimeSpan.FromMinutes(5),
    }.Sign("key", secret, _time);
}
