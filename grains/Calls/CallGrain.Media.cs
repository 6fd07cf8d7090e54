using GoTo.Media;

namespace GoTo.Calls;

/// <summary>
/// The audio and the room follow the state, beside the other effects: a mute must not wait for a request that GoTo is slow
/// with. What follows from the state alone needs no entry in the journal.
/// </summary>
internal sealed partial class CallGrain
{
    /// <summary>What the audio and the room were last told; null when this activation has not told them anything.</summary>
    private (MediaFlow Flow, string SipStatus)? _followed;
    private Task _following = Task.CompletedTask;
    private Task _tellingDigits = Task.CompletedTask;

    private async Task FollowState()
    {
        await Task.Yield();
        for (var failures = 0; !_over && IsLive && State.MediaOpen && (State.Flow, State.SipStatus) != _followed;)
        {
            var (flow, sipStatus) = (State.Flow, State.SipStatus);
            try
            {
                await Media.Follow(flow, sipStatus);
                _followed = (flow, sipStatus);
            }
            catch (Exception e)
            {
                logger.AudioNotFollowed(_key, e.Message);
                await Task.Delay(Pauses[Math.Min(failures++, Pauses.Length - 1)], time);
            }
        }
    }

    /// <summary>A key that is late says something else, so it is told once and not again; and keys have an order.</summary>
    private async Task TellDigit(Task before, string digit)
    {
        await before;
        try
        {
            await Media.TellDigit(digit);
        }
        catch (Exception e)
        {
            logger.AudioNotFollowed(_key, e.Message);
        }
    }
}
