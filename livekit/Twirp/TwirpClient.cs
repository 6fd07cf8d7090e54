using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;

namespace GoTo.LiveKit;

/// <summary>
/// One service of LiveKit's Twirp API over HTTP, protobuf both ways. What fails for the moment is repeated twice, unless
/// a repetition would do it twice.
/// </summary>
internal sealed class TwirpClient(LiveKitOptions options, HttpClient http, TimeProvider time, string service)
{
    private const string Protobuf = "application/protobuf";
    private static readonly TimeSpan TokenLife = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(600)];

    private readonly Uri _base = new(options.HttpBase, $"twirp/livekit.{service}/");

    public async Task<TResponse> Call<TRequest, TResponse>(
        string method, TRequest request, VideoGrant grant, MessageParser<TResponse> parser, CancellationToken stop,
        bool mayRepeat = true)
        where TRequest : IMessage
        where TResponse : IMessage<TResponse>
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await CallOnce(method, request, grant, parser, stop);
            }
            catch (TwirpException e) when (e.IsTransient && mayRepeat && attempt < Pauses.Length)
            {
                await Task.Delay(Pauses[attempt], time, stop);
            }
        }
    }

    private async Task<TResponse> CallOnce<TRequest, TResponse>(
        string method, TRequest request, VideoGrant grant, MessageParser<TResponse> parser, CancellationToken stop)
        where TRequest : IMessage
        where TResponse : IMessage<TResponse>
    {
        var name = $"{service}/{method}";
        using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_base, method));
        message.Content = new ByteArrayContent(request.ToByteArray());
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(Protobuf);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token(grant));
        try
        {
            using var response = await http.SendAsync(message, stop);
            if (response.StatusCode != HttpStatusCode.OK)
                throw TwirpErrors.Read(name, response.StatusCode, await response.Content.ReadAsStringAsync(stop));
            var body = await response.Content.ReadAsByteArrayAsync(stop);
            if (response.Content.Headers.ContentType?.MediaType != Protobuf)
                throw new TwirpException(
                    name, TwirpErrorCode.Internal, response.StatusCode, "The answer is not protobuf.");
            return parser.ParseFrom(body);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new TwirpException(name, TwirpErrorCode.Internal, HttpStatusCode.OK, "The answer is malformed.", e);
        }
        catch (HttpRequestException e)
        {
            throw new TwirpException(name, TwirpErrorCode.Unavailable, e.StatusCode, e.Message, e);
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new TwirpException(name, TwirpErrorCode.DeadlineExceeded, null, "No answer in time.", e);
        }
    }

    private string Token(VideoGrant grant) =>
        new AccessToken { Video = grant, ValidFor = TokenLife }.Sign(options.ApiKey!, options.ApiSecret!, time);
}
