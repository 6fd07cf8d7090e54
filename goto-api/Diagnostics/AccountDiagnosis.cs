using System.Runtime.CompilerServices;

namespace GoTo.Api;

/// <summary>
/// Tries out whatever an account needs, one after the other, and says of each failure what to do (specification section
/// 13.2 with decision D12). Leaves nothing behind: channel and subscription are deleted, a test call is hung up.
/// </summary>
internal sealed class AccountDiagnosis(
    GoToApi api, ClockSkew skew, TimeProvider time, GoToAccountOptions account, IAccessTokenSource? given,
    DiagnosisOptions options)
{
    private const string NoSuchCall = "goto-diagnose-no-such-call";

    private TokenGrant? _grant;
    private Tokens? _tokens;
    private string? _lineId = options.LineId;
    private NotificationChannel? _channel;
    private EventSubscription? _subscription;
    private EventSocket? _socket;

    private IAccessTokenSource Source => given ?? _tokens!;

    private EventTokenPlacement Placement => Dialect.Of(account).TokenPlacement(account);

    private CallEventsClient Events => api.CallEvents(account, Source);

    public async IAsyncEnumerable<DiagnosisStep> Run([EnumeratorCancellation] CancellationToken cancellation)
    {
        (string Name, Func<CancellationToken, Task<DiagnosisStep>> Try, string Advice)[] steps =
        [
            ("settings", _ => Task.FromResult(Settings()), "Correct the settings that are named."),
            ("token", Token, "Check the client id, its secret and the credentials of the grant."),
            ("scopes", _ => Task.FromResult(Scopes()), ""),
            ("web calls", WebCalls, "Check the address of the Web Calls API and the scope for calls."),
            ("lines", Lines, "Check the account key and the scope for lines."),
            ("channel", Channel, "Check the scope for event notifications."),
            ("socket", Socket, "Check that WebSockets to GoTo pass firewall and proxy."),
            ("subscription", Subscription, "Check the scope for event notifications and the right to see call events."),
            ("event round trip", RoundTrip, "Check that the number can be called and that events are not blocked."),
            ("clock", _ => Task.FromResult(Clock()), ""),
        ];
        try
        {
            var failed = false;
            foreach (var (name, attempt, advice) in steps)
            {
                var step = failed && name != "clock"
                    ? new DiagnosisStep(name, DiagnosisResult.Skipped, "not tried after the failure above")
                    : await Try(name, attempt, advice, cancellation);
                // Lines are of no use to the rest but for the test call, and a missing right to them is common.
                failed |= step.Result == DiagnosisResult.Failed && name != "lines";
                yield return step;
            }
        }
        finally
        {
            await CleanUp();
        }
    }

    private async Task<DiagnosisStep> Try(
        string name, Func<CancellationToken, Task<DiagnosisStep>> attempt, string advice, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(options.StepLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            return await attempt(either.Token) with { Name = name };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new DiagnosisStep(
                name, DiagnosisResult.Failed, $"no end within {options.StepLimit.TotalSeconds:0} s", advice);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            return new DiagnosisStep(
                name, DiagnosisResult.Failed, Redaction.Scrub(failure.Message) ?? failure.GetType().Name, advice);
        }
    }

    private DiagnosisStep Settings() => account.Validate("GoTo:Accounts") is { Count: > 0 } problems
        ? new DiagnosisStep("", DiagnosisResult.Failed, string.Join(' ', problems), "Correct the settings that are named.")
        : Passed($"dialect {account.Dialect}, grant {account.Grant}");

    private async Task<DiagnosisStep> Token(CancellationToken cancellation)
    {
        if (given is not null)
        {
            await given.GetAccessToken(cancellation);
            return Passed("the cluster has an access token");
        }

        var client = api.Tokens(account);
        _grant = await client.LogIn(cancellation);
        _tokens = new Tokens(_grant.AccessToken);
        var life = $"an access token for {_grant.ExpiresIn.TotalMinutes:0} minutes";
        return account.Grant == LogInGrant.Password
            ? new DiagnosisStep(
                "", DiagnosisResult.Warning, $"{life}, by password", "GoTo refuses the password grant to new OAuth "
                + "clients: make a personal access token and set Grant to PersonalAccessToken.")
            : Passed(life);
    }

    private DiagnosisStep Scopes()
    {
        if (_grant is null || _grant.Scopes.Count == 0)
            return new DiagnosisStep("", DiagnosisResult.Skipped, "the token's reply names no scopes");
        return api.Tokens(account).MissingScopes(_grant.Scopes) is { Count: > 0 } missing
            ? new DiagnosisStep(
                "", DiagnosisResult.Warning, $"missing: {string.Join(' ', missing)}",
                "Grant them to the OAuth client in GoTo's developer portal, then log in anew.")
            : Passed($"all {_grant.Scopes.Count} that are needed, or more");
    }

    private async Task<DiagnosisStep> WebCalls(CancellationToken cancellation)
    {
        try
        {
            await api.WebCalls(account, Source).Get(NoSuchCall, cancellation);
        }
        catch (Exception known) when (known is GoToNotFoundException or GoToRequestException)
        {
            // As it should be: we got through, and there is no such call.
        }

        return Passed("reached, and the token is taken");
    }

    private async Task<DiagnosisStep> Lines(CancellationToken cancellation)
    {
        if ((account.AccountKey ?? _grant?.AccountKey) is not { } accountKey)
        {
            return new DiagnosisStep(
                "", DiagnosisResult.Warning, "the token's reply names no account",
                "Set AccountKey to the account's key if lines and users are to be looked up.");
        }

        var lines = new List<Line>();
        await foreach (var line in api.Lines(account, Source).List(accountKey, cancellation))
            lines.Add(line);
        _lineId ??= lines.FirstOrDefault()?.Id;
        return lines.Count > 0
            ? Passed($"{lines.Count}, the first is {lines[0].Id}")
            : new DiagnosisStep("", DiagnosisResult.Warning, "the account has none", "Assign the service user a line.");
    }

    private async Task<DiagnosisStep> Channel(CancellationToken cancellation)
    {
        _channel = await Events.CreateChannel(cancellation);
        return Passed(_channel.ExpiresAt is { } end
            ? $"for {(end - time.GetUtcNow()).TotalMinutes:0} minutes"
            : "without a stated end");
    }

    private async Task<DiagnosisStep> Socket(CancellationToken cancellation)
    {
        var token = Placement == EventTokenPlacement.None ? null : await Source.GetAccessToken(cancellation);
        _socket = await api.OpenSocket(
            Dialect.Of(account).SocketAddress(account, _channel!, token),
            new SocketCredentials(
                Placement == EventTokenPlacement.Header ? token : null, account.CertificateFingerprint),
            new EventStreamOptions { ConnectTimeout = options.StepLimit },
            cancellation);
        return Passed($"connected to {_channel!.WebSocketUrl.Host}");
    }

    private async Task<DiagnosisStep> Subscription(CancellationToken cancellation)
    {
        _subscription = await Events.Subscribe(_channel!.Id, cancellation: cancellation);
        return Passed("made");
    }

    private async Task<DiagnosisStep> RoundTrip(CancellationToken cancellation)
    {
        if (options.Call is not { } number || _lineId is not { } lineId)
        {
            return new DiagnosisStep(
                "", DiagnosisResult.Skipped, "only a call makes GoTo send an event", "Name a number that may be called.");
        }

        var dialect = Dialect.Of(account);
        var heard = new TaskCompletionSource<GoToCallEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = _socket!.Read(
            message =>
            {
                if (dialect.ReadEvent(message) is GoToCallEvent happened)
                    heard.TrySetResult(happened);
                return ValueTask.CompletedTask;
            },
            _ => ValueTask.CompletedTask);
        var calls = api.WebCalls(account, Source);
        var since = time.GetTimestamp();
        var dialled = await calls.Dial(
            new OutboundCall { To = number, LineId = lineId, IdempotencyKey = $"goto-diagnose-{Guid.NewGuid():n}" },
            cancellation);
        try
        {
            // A gateway that offers the media waits for our answer before it rings anybody; hanging up is an event too.
            var first = Task.WhenAny(heard.Task, Task.Delay(TimeSpan.FromSeconds(2), time, cancellation));
            await first;
        }
        finally
        {
            await HangUp(calls, dialled.CallId);
        }

        var found = await heard.Task.WaitAsync(cancellation);
        return Passed($"{found.Type} came {time.GetElapsedTime(since).TotalMilliseconds:0} ms after the dial");
    }

    private static async Task HangUp(WebCallsClient calls, string callId)
    {
        try
        {
            await calls.HangUp(callId, HangUpReason.Normal, CancellationToken.None);
        }
        catch (Exception over) when (over is GoToConflictException or GoToNotFoundException)
        {
            // It ended by itself.
        }
    }

    private DiagnosisStep Clock() => skew.Estimate.Duration() > ClockSkew.Tolerated
        ? new DiagnosisStep(
            "", DiagnosisResult.Warning, $"{skew.Estimate.TotalSeconds:0} s apart from GoTo's",
            "Set this machine's clock by a time server.")
        : Passed($"{skew.Estimate.TotalSeconds:0.#} s apart from GoTo's");

    private async Task CleanUp()
    {
        using var limit = new CancellationTokenSource(options.StepLimit, time);
        if (_socket is not null)
        {
            await _socket.Close(Task.CompletedTask, TimeSpan.FromSeconds(2), time);
            _socket.Dispose();
        }

        if (_subscription is { } subscription)
            await Quietly(() => Events.Unsubscribe(subscription.Id, limit.Token));
        if (_channel is { } channel)
            await Quietly(() => Events.DeleteChannel(channel.Id, limit.Token));

        static async Task Quietly(Func<Task> request)
        {
            try
            {
                await request();
            }
            catch (Exception failure) when (failure is GoToApiException or OperationCanceledException)
            {
                // Best effort: GoTo forgets a channel by itself in time.
            }
        }
    }

    private static DiagnosisStep Passed(string detail) => new("", DiagnosisResult.Passed, detail);

    /// <summary>The one token of this diagnosis: when it is refused that is the finding.</summary>
    private sealed class Tokens(string token) : IAccessTokenSource
    {
        public ValueTask<string> GetAccessToken(CancellationToken cancellation) => ValueTask.FromResult(token);

        public ValueTask Rejected(string token, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
