using GoTo.Media;

namespace GoTo.Calls;

/// <summary>
/// The audio follows the state, beside the other effects: a mute must not wait for a request that GoTo is slow with. What
/// follows from the state alone needs no entry in the journal.
/// </summary>
internal sealed partial class CallGrain
{
    /// <summary>What the audio was last told; null when this activation has not told it anything.</summary>
    private MediaFlow? _followed;
    private Task _following = Task.CompletedTask;

    private async Task FollowState()
    {
        await Task.Yield();
        for (var failures = 0; !_over && IsLive && State.MediaOpen && State.Flow != _followed;)
        {
            var flow = State.Flow;
            try
            {
                await Media.LetFlow(flow);
                _followed = flow;
            }
            catch (Exception e)
            {
                logger.AudioNotFollowed(_key, e.Message);
                await Task.Delay(Pauses[Math.Min(failures++, Pauses.Length - 1)], time);
            }
        }
    }
}
