namespace GoTo.Media;

/// <summary>What of a call's audio is passed on.</summary>
/// <param name="OnHold">Nothing, either way; both sides get silence, so that their connections stay alive (resolution M10).</param>
/// <param name="Muted">Nothing of the agent's.</param>
[GenerateSerializer, Immutable, Alias("media.flow")]
internal readonly record struct MediaFlow(bool OnHold, bool Muted)
{
    /// <summary>What the phone hears over and over while the talk has no agent; null while it has one.</summary>
    [Id(0)] public string? Announcement { get; init; }

    /// <summary>Whether the agent hears the phone.</summary>
    public bool FromPhone => !OnHold;

    /// <summary>Whether the phone hears the agent.</summary>
    public bool FromAgent => !OnHold && !Muted;
}
