using GoTo.WebRtc;

namespace GoTo.Simulator.Phones;

/// <summary>
/// A phone that dials a number through a phone socket (the simulator's README describes it), says what its script says,
/// records what comes back, and hangs up. Its audio goes over WebRTC straight to whoever answers.
/// </summary>
/// <param name="engine">The media engine for its calls; <see cref="RtcEngine.Ready"/> makes set-up times true.</param>
/// <param name="time">The clock for pacing and limits; the engine's own.</param>
public sealed class ScriptedPhone(RtcEngine engine, TimeProvider time)
{
    /// <summary>Makes one call.</summary>
    /// <param name="phoneSocket">The phone socket's address, for instance <c>ws://127.0.0.1:9200/phone</c>.</param>
    /// <param name="script">Whom to call and what to say.</param>
    /// <param name="onStep">Hears of each step as it happens, one at a time.</param>
    /// <param name="cancellation">Hangs up at once.</param>
    /// <returns>What was measured; also when nobody answered or the call was cut off.</returns>
    /// <exception cref="PhoneSocketException">The socket cannot be reached, is lost before the answer, or refuses the
    /// call: for instance with code UNKNOWN_NUMBER.</exception>
    /// <exception cref="SdpException">The answer is malformed or does not fit the offer.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public async Task<PhoneReport> Call(
        Uri phoneSocket, PhoneScript script, Action<PhoneStep>? onStep = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(phoneSocket);
        ArgumentNullException.ThrowIfNull(script);
        await using var socket = await PhoneSocketClient.Connect(phoneSocket, cancellation);
        var call = new PhoneCall(engine, socket, script, time);
        return await call.Run(onStep ?? (_ => { }), cancellation);
    }
}
