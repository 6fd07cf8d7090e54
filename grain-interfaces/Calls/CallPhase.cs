namespace GoTo.Calls;

/// <summary>
/// How far a call has come. Held and muted are facts beside the phase, not phases: a muted call can be held and
/// resumed and is still muted (specification section 5.3, resolution C7).
/// </summary>
public enum CallPhase
{
    /// <summary>Nothing is known of the call yet.</summary>
    Initial,

    /// <summary>Outbound: GoTo is dialing the remote party.</summary>
    Dialing,

    /// <summary>Inbound: the phone rings and nobody has answered.</summary>
    Ringing,

    /// <summary>Inbound: our SDP answer is on its way to GoTo (resolution C4).</summary>
    Offering,

    /// <summary>GoTo says that the call is answered.</summary>
    Connected,

    /// <summary>The call is over. Nothing follows.</summary>
    Ended,
}

/// <summary>Who placed the call.</summary>
public enum CallDirection
{
    /// <summary>Somebody called one of our numbers.</summary>
    Inbound,

    /// <summary>We called somebody.</summary>
    Outbound,
}

/// <summary>Why a call ended (specification section 6.5.3, resolutions C18 and E22).</summary>
public enum EndReason
{
    /// <summary>GoTo gave no reason that we know.</summary>
    Unknown,

    /// <summary>The remote party hung up (<c>caller_hangup</c>, whoever placed the call).</summary>
    RemoteHangUp,

    /// <summary>We hung up (<c>agent_hangup</c>).</summary>
    LocalHangUp,

    /// <summary>The call was transferred (<c>transfer</c>).</summary>
    Transfer,

    /// <summary>The call timed out (<c>timeout</c>).</summary>
    Timeout,

    /// <summary>The call failed (<c>error</c>).</summary>
    Error,

    /// <summary>The remote party was busy (<c>busy</c>).</summary>
    Busy,

    /// <summary>The remote party did not answer (<c>no_answer</c>).</summary>
    NoAnswer,

    /// <summary>The call was rejected (<c>rejected</c>).</summary>
    Rejected,

    /// <summary>GoTo no longer knows the call, and no event told us how it ended.</summary>
    Lost,

    /// <summary>It rang here, and somebody else took it or nobody did: GoTo does not say which (resolution E22).</summary>
    AnsweredElsewhereOrMissed,
}

/// <summary>Who put a call on hold (resolution C8).</summary>
public enum HoldOrigin
{
    /// <summary>We did.</summary>
    Local,

    /// <summary>The other side did, or another program of ours at GoTo.</summary>
    Remote,
}

/// <summary>A call's state as GoTo's wire says it in one word: held before muted before connected (resolution C7).</summary>
public enum WireState
{
    /// <summary>Nothing is known of it.</summary>
    Initial,

    /// <summary>We dial.</summary>
    Dialing,

    /// <summary>It rings.</summary>
    Ringing,

    /// <summary>Our answer is on its way.</summary>
    Offering,

    /// <summary>Answered.</summary>
    Connected,

    /// <summary>Answered, our audio stopped.</summary>
    Muted,

    /// <summary>Answered, on hold.</summary>
    Held,

    /// <summary>Passed on to somebody else; its end is due (resolution C9).</summary>
    Transferred,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>What we tell GoTo when we hang up (specification section 5.1.5).</summary>
public enum HangUpReason
{
    /// <summary>The conversation is over (<c>normal</c>).</summary>
    Normal,

    /// <summary>We cannot take the call now (<c>busy</c>).</summary>
    Busy,

    /// <summary>We do not take the call (<c>rejected</c>).</summary>
    Rejected,
}

/// <summary>A way by which keys of the remote party reach us.</summary>
public enum DigitSource
{
    /// <summary>GoTo's <c>call.dtmf</c> (specification section 6.5.8).</summary>
    Event,

    /// <summary>Named events in the audio (RFC 4733).</summary>
    Audio,
}

/// <summary>A time limit of a call.</summary>
public enum TimeLimit
{
    /// <summary>It has rung too long.</summary>
    Ringing,

    /// <summary>It has lasted too long.</summary>
    Duration,

    /// <summary>The phone has sent no audio for so long that somebody should know.</summary>
    SilenceWarning,

    /// <summary>The phone has sent no audio for too long.</summary>
    Silence,

    /// <summary>GoTo has transferred it and does not say that it is over.</summary>
    Leaving,

    /// <summary>Its agent has left, and is not back; or another one has not come.</summary>
    AgentReturn,
}

/// <summary>A direction of the call's audio.</summary>
public enum AudioDirection
{
    /// <summary>From the phone to the agent.</summary>
    FromCaller,

    /// <summary>From the agent to the phone.</summary>
    FromAgent,
}
