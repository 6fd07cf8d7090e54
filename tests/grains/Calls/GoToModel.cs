using GoTo.Calls;

namespace GoTo.Grains.Tests.Calls;

/// <summary>
/// GoTo as one call sees it: what it was asked, what became of the call, and the events on their way. It does what a request
/// says even when its reply is lost.
/// </summary>
internal sealed class GoToModel(Random random)
{
    private readonly Queue<CallCommand> _events = new();
    private readonly Dictionary<CommandId, int> _tones = [];
    private bool _connected;
    private bool _held;
    private string? _transferredTo;

    public bool Ended { get; private set; }

    /// <summary>How often our answer connected the call.</summary>
    public int Answers { get; private set; }

    /// <summary>How often each command's tones, or its merge, went out.</summary>
    public IReadOnlyDictionary<CommandId, int> Done => _tones;

    public int Transfers { get; private set; }

    public bool IsQuiet => _events.Count == 0;

    public UpstreamCall Describe() => new(
        true, Ended ? "ended" : _transferredTo is not null ? "transferred" : _held ? "held" : _connected ? "connected" : "ringing",
        _connected && !Ended, _held, Ended, Ended ? _reason : EndReason.Unknown, null, TimeSpan.Zero)
    {
        TransferTarget = Ended ? null : _transferredTo,
    };

    private EndReason _reason;

    /// <summary>The next event; now and then it comes twice.</summary>
    public CallCommand? NextEvent()
    {
        if (_events.Count == 0) return null;
        return random.Next(20) == 0 ? _events.Peek() : _events.Dequeue();
    }

    public void Remote(Random chance)
    {
        if (Ended) return;
        switch (chance.Next(6))
        {
            case 0:
                End(EndReason.RemoteHangUp);
                break;
            case 1 when _connected && _transferredTo is null:
                _held = !_held;
                _events.Enqueue(_held ? new CallCommand.Hold() : new CallCommand.Resume());
                break;
            case 2 when _connected:
                _events.Enqueue(new CallCommand.ReceiveDigit("5", null, DigitSource.Event));
                break;
            case 3 when _transferredTo is not null:
                End(EndReason.Transfer);
                break;
        }
    }

    public bool Answer()
    {
        if (Ended || _connected) return false;
        _connected = true;
        Answers++;
        _events.Enqueue(new CallCommand.Connect(null));
        return true;
    }

    public bool HangUp()
    {
        if (Ended) return false;
        End(EndReason.LocalHangUp);
        return true;
    }

    /// <summary>Carries a command out; a failure when it does not.</summary>
    public CommandFailure Carry(CommandRecord command)
    {
        if (Ended || !_connected || _transferredTo is not null) return CommandFailure.Refused;
        switch (command.Operation)
        {
            case CallOperation.Hold:
                if (!_held) _events.Enqueue(new CallCommand.Hold());
                _held = true;
                break;
            case CallOperation.Resume:
                if (_held) _events.Enqueue(new CallCommand.Resume());
                _held = false;
                break;
            case CallOperation.BlindTransfer when random.Next(3) == 0:
                return CommandFailure.TransferFailed;
            case CallOperation.BlindTransfer transfer:
                _transferredTo = transfer.Target;
                Transfers++;
                _events.Enqueue(new CallCommand.Transfer(transfer.Target));
                break;
            case CallOperation.SendDtmf or CallOperation.Merge:
                _tones[command.Id] = _tones.GetValueOrDefault(command.Id) + 1;
                break;
        }
        return CommandFailure.None;
    }

    /// <summary>What is transferred ends in the end.</summary>
    public void Finish()
    {
        if (_transferredTo is not null && !Ended) End(EndReason.Transfer);
    }

    private void End(EndReason reason)
    {
        Ended = true;
        _reason = reason;
        _events.Enqueue(new CallCommand.End(reason, TimeSpan.Zero));
    }
}
