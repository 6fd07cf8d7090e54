namespace GoTo.Api;

/// <summary>What an account should do to have a usable access token.</summary>
public enum TokenStep
{
    /// <summary>Use the token as it is.</summary>
    Use,

    /// <summary>Ask for a new access token with the refresh token.</summary>
    Refresh,

    /// <summary>Log in with the service user's credentials.</summary>
    LogIn,

    /// <summary>Give up for now and tell the caller what failed.</summary>
    Fail,
}

/// <summary>
/// When a token is renewed, and how (specification section 3.3.1 with the corrections of the project's decisions A3 to
/// A6). Pure functions of state and time.
/// </summary>
public static class AccessTokenPolicy
{
    /// <summary>The longest time before expiry at which a token counts as used up.</summary>
    public static readonly TimeSpan LongestBuffer = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long before its end a token is renewed: five minutes, but at most a fifth of its lifetime, so that
    /// short-lived tokens are usable at all.
    /// </summary>
    public static TimeSpan Buffer(TimeSpan lifetime)
    {
        var fifth = lifetime / 5;
        return fifth < LongestBuffer ? fifth : LongestBuffer;
    }

    /// <summary>What to do now, given what is known of the tokens (null: nothing yet).</summary>
    public static TokenStep Next(TokenState? state, DateTimeOffset now)
    {
        if (state is null)
            return TokenStep.LogIn;
        if (now < state.ExpiresAt - Buffer(state.Lifetime))
            return TokenStep.Use;
        return state.RefreshToken is null ? TokenStep.LogIn : TokenStep.Refresh;
    }

    /// <summary>
    /// What to do after a refresh failed. Only a refused refresh token asks for a new login; a network failure must not
    /// spend the small login budget, so the old token is used while it lives, and after that the failure is passed on.
    /// </summary>
    public static TokenStep AfterRefreshFailure(TokenState state, Exception failure, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (failure is GoToAuthenticationException { IsInvalidGrant: true })
            return TokenStep.LogIn;
        return now < state.ExpiresAt ? TokenStep.Use : TokenStep.Fail;
    }
}
