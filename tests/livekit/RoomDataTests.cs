using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Google.Protobuf;
using GoTo.LiveKit.Protocol;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GoTo.LiveKit.Tests;

/// <summary>Data between two participants of the room server: the whole way over SCTP, there and back.</summary>
public class RoomDataTests(RoomHouse house) : IClassFixture<RoomHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Data_digits_and_texts_reach_the_others_with_who_sent_them()
    {
        var (phone, _, agent, told) = await TwoInARoom();

        phone.PublishData("hello"u8, "greetings");
        phone.SendDtmf("12#");
        var text = new string('€', 40_000);
        phone.SendText(text, "lk.chat", new Dictionary<string, string> { ["a"] = "b" });

        Assert.Equal("data phone greetings hello", await told.Next());
        Assert.Equal(["dtmf phone 1", "dtmf phone 2", "dtmf phone #"], [await told.Next(), await told.Next(), await told.Next()]);
        Assert.Equal($"text phone lk.chat {text}", await told.Next());
        await agent.DisposeAsync();
        await phone.DisposeAsync();
    }

    [Fact]
    public async Task Calls_go_both_ways()
    {
        var (phone, _, agent, _) = await TwoInARoom(new Dictionary<string, RpcHandler>
        {
            ["lk.sip.EndCall"] = (invocation, _) => Task.FromResult($"{invocation.Identity} {invocation.Payload}"),
            ["busy"] = (_, _) => throw new RpcException(486, "busy here"),
        });

        Assert.Equal("agent {}", await agent.PerformRpc("phone", "lk.sip.EndCall", "{}", cancellationToken: Stop));
        Assert.Equal(
            486, (await Assert.ThrowsAsync<RpcException>(() => agent.PerformRpc("phone", "busy", "", cancellationToken: Stop))).Code);
        Assert.Equal(
            RpcErrorCode.UnsupportedMethod,
            (await Assert.ThrowsAsync<RpcException>(() => phone.PerformRpc("agent", "x", "", cancellationToken: Stop))).Code);
        var longest = new string('x', RpcException.MaxPayload - "agent ".Length);
        Assert.Equal(
            $"agent {longest}", await agent.PerformRpc("phone", "lk.sip.EndCall", longest, cancellationToken: Stop));
        await agent.DisposeAsync();
        await phone.DisposeAsync();
    }

    [Fact]
    public async Task A_lossy_burst_and_a_reliable_megabyte_arrive()
    {
        var (phone, _, agent, told) = await TwoInARoom();
        var sent = Enumerable.Range(0, 64).Select(i => $"{i} {new string('x', 14_000)}").ToList();
        phone.PublishData("lossy"u8, "l", reliable: false);
        Assert.Equal("data phone l lossy", await told.Next());
        foreach (var message in sent)
        {
            while (true)
            {
                try
                {
                    phone.PublishData(Encoding.UTF8.GetBytes(message), "r");
                    break;
                }
                catch (GoTo.WebRtc.DataChannelException full) when (full.Error == GoTo.WebRtc.DataChannelError.BufferFull)
                {
                    await Task.Delay(10, Stop);
                }
            }
        }

        foreach (var message in sent) Assert.Equal($"data phone r {message}", await told.Next());
        await agent.DisposeAsync();
        await phone.DisposeAsync();
    }

    [Fact]
    public async Task What_the_API_sends_arrives_once_and_has_no_sender()
    {
        var (phone, _, agent, told) = await TwoInARoom();
        var request = new SendDataRequest
        {
            Room = phone.RoomName, Data = ByteString.CopyFromUtf8("from the API"), Topic = "api",
            DestinationIdentities = { "agent" }, Nonce = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()),
        };

        await house.Rooms.SendData(request, Stop);
        await house.Rooms.SendData(request, Stop);
        phone.SendDtmf("9");

        var first = await told.Next();
        var second = await told.Next();
        Assert.Contains("data  api from the API", new[] { first, second });
        Assert.Contains("dtmf phone 9", new[] { first, second });
        await agent.DisposeAsync();
        await phone.DisposeAsync();
    }

    [Fact]
    public async Task A_call_to_somebody_who_leaves_ends_at_once()
    {
        var never = new TaskCompletionSource<string>();
        var (phone, _, agent, _) = await TwoInARoom(new Dictionary<string, RpcHandler>
        {
            ["never"] = (_, stop) => never.Task.WaitAsync(stop),
        });
        var call = agent.PerformRpc("phone", "never", "", TimeSpan.FromSeconds(60), Stop);
        await Task.Delay(200, Stop);

        await phone.DisposeAsync();

        Assert.Equal(
            RpcErrorCode.RecipientDisconnected,
            (await Assert.ThrowsAsync<RpcException>(() => call.WaitAsync(TimeSpan.FromSeconds(10), Stop))).Code);
        await agent.DisposeAsync();
    }

    private async Task<(RoomParticipant Phone, Told ByPhone, RoomParticipant Agent, Told ByAgent)> TwoInARoom(
        Dictionary<string, RpcHandler>? phoneMethods = null)
    {
        var room = RoomHouse.NewRoom();
        var (byPhone, byAgent) = (new Told(), new Told());
        var phone = await Join("phone", byPhone, phoneMethods ?? []);
        var agent = await Join("agent", byAgent, []);
        await phone.WaitUntil(seen => seen.Participants.Any(who => who.State == ParticipantInfo.Types.State.Active), Stop);
        await agent.WaitUntil(seen => seen.Participants.Any(who => who.State == ParticipantInfo.Types.State.Active), Stop);
        // Data of a participant goes on once its channels are open at both ends.
        await Until(async () =>
        {
            phone.PublishData("?"u8, "probe");
            return await byAgent.Has("data phone probe ?", TimeSpan.FromMilliseconds(100));
        });
        await Until(async () =>
        {
            agent.PublishData("?"u8, "probe");
            return await byPhone.Has("data agent probe ?", TimeSpan.FromMilliseconds(100));
        });
        byAgent.Clear("probe");
        byPhone.Clear("probe");
        return (phone, byPhone, agent, byAgent);

        Task<RoomParticipant> Join(string identity, Told told, Dictionary<string, RpcHandler> methods) =>
            RoomParticipant.Join(
                new JoinOptions { Url = house.Server.Url, Token = RoomHouse.TokenFor(room, identity), Rpc = methods },
                house.Engine, told, TimeProvider.System, NullLoggerFactory.Instance, Stop);
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(15));
        while (!await condition()) limit.Token.ThrowIfCancellationRequested();
    }

    private sealed class Told : IRoomEvents
    {
        private readonly Channel<string> _entries = Channel.CreateUnbounded<string>();
        private readonly ConcurrentDictionary<string, TaskCompletionSource> _seen = new();
        private string _ignored = "\0";

        public async Task<string> Next()
        {
            while (true)
            {
                var entry = await _entries.Reader.ReadAsync(Stop).AsTask().WaitAsync(TimeSpan.FromSeconds(15), Stop);
                if (!entry.Contains(_ignored, StringComparison.Ordinal)) return entry;
            }
        }

        public async Task<bool> Has(string entry, TimeSpan limit) =>
            await Task.WhenAny(Seen(entry).Task, Task.Delay(limit, Stop)) == Seen(entry).Task;

        public void Clear(string ignored) => _ignored = ignored;

        public void OnData(RoomParticipant room, ReceivedData data) =>
            Write($"data {data.Identity} {data.Topic} {Encoding.UTF8.GetString(data.Payload.Span)}");

        public void OnDtmf(RoomParticipant room, string identity, char digit) => Write($"dtmf {identity} {digit}");

        public void OnText(RoomParticipant room, ReceivedText text) =>
            Write($"text {text.Identity} {text.Topic} {text.Text}");

        public void OnParticipant(RoomParticipant room, RemoteParticipant participant, ParticipantChange change)
        {
        }

        public void OnTrackSubscribed(RoomParticipant room, RemoteAudioTrack track)
        {
        }

        public void OnTrackUnsubscribed(RoomParticipant room, RemoteAudioTrack track)
        {
        }

        public void OnDisconnected(RoomParticipant room, RoomDisconnect disconnect)
        {
        }

        private TaskCompletionSource Seen(string entry) =>
            _seen.GetOrAdd(entry, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

        private void Write(string entry)
        {
            Seen(entry).TrySetResult();
            _entries.Writer.TryWrite(entry);
        }
    }
}
