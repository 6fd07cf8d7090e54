using GoTo.LiveKit.Protocol;
using Xunit;

namespace GoTo.LiveKit.Tests;

public sealed class ParticipantTableTests
{
    private readonly ParticipantTable _table = new() { OwnSid = "PA_me" };

    [Fact]
    public void The_highest_version_counts_and_a_lower_one_is_ignored()
    {
        Assert.Equal(ParticipantChange.Joined, _table.Apply(Info("PA_1", version: 1))?.Change);
        Assert.Equal(ParticipantChange.Updated, _table.Apply(Info("PA_1", version: 3, tracks: "TR_1"))?.Change);
        Assert.Null(_table.Apply(Info("PA_1", version: 2)));
        Assert.Equal("PA_1", _table.PublisherOf("TR_1")?.Sid);
        Assert.Null(_table.Apply(Info("PA_1", version: 4, tracks: "TR_1")));
        Assert.Null(_table.Apply(Info("PA_1", version: 3)));
        Assert.NotNull(_table.Apply(Info("PA_1", version: 5)));
        Assert.Null(_table.PublisherOf("TR_1"));
    }

    [Fact]
    public void One_that_left_does_not_come_back_by_a_late_update()
    {
        _table.Apply(Info("PA_1", version: 1, tracks: "TR_1"));
        var left = _table.Apply(Info("PA_1", version: 2, ParticipantInfo.Types.State.Disconnected));
        Assert.Equal(ParticipantChange.Left, left?.Change);
        Assert.Empty(left!.Value.Participant.Tracks);
        Assert.Null(_table.Apply(Info("PA_1", version: 9)));
        Assert.Empty(_table.BySid);
        Assert.Equal(ParticipantChange.Joined, _table.Apply(Info("PA_2", version: 1))?.Change);
    }

    [Fact]
    public void We_ourselves_strangers_that_leave_and_nobodies_are_not_others()
    {
        Assert.Null(_table.Apply(Info("PA_me", version: 1)));
        Assert.Null(_table.Apply(Info("", version: 1)));
        Assert.Null(_table.Apply(Info("PA_1", version: 1, ParticipantInfo.Types.State.Disconnected)));
        Assert.Empty(_table.BySid);
    }

    private static ParticipantInfo Info(
        string sid, uint version, ParticipantInfo.Types.State state = ParticipantInfo.Types.State.Active,
        string? tracks = null)
    {
        var info = new ParticipantInfo { Sid = sid, Identity = "id", Version = version, State = state };
        if (tracks is not null)
            info.Tracks.Add(new TrackInfo { Sid = tracks });
        return info;
    }
}
