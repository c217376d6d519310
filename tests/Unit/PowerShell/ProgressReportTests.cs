using System.Management.Automation;
using IoTF.PowerShell.Reporting;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class ProgressReportTests
{
    private readonly List<ProgressRecord> _told = [];
    private readonly ProgressReport _report;
    private long _now = 5_000;

    public ProgressReportTests()
    {
        _report = new ProgressReport(_told.Add, "Sending", () => _now);
    }

    [Fact]
    public void Nothing_is_told_within_the_first_second()
    {
        _now += 999;
        Assert.False(_report.IsDue);
        _report.Tell(1, "sent", "0 not acknowledged");
        _report.End();
        Assert.Empty(_told);
    }

    [Fact]
    public void It_is_told_at_most_five_times_a_second()
    {
        _now += 1000;
        for (var i = 0; i < 1000; i++, _now++)
        {
            _report.Tell(i, "sent", "0 not acknowledged");
        }

        Assert.Equal(5, _told.Count);
        Assert.Single(_told.Select(static record => record.ActivityId).Distinct());
    }

    [Fact]
    public void It_says_how_many_how_fast_and_what_is_open()
    {
        _now += 2000;
        Assert.True(_report.IsDue);
        _report.Tell(500, "sent", "7 not acknowledged");
        _report.End();
        _report.End();
        Assert.Equal(["500 sent, 250 a second, 7 not acknowledged", "Done"], _told.Select(static record => record.StatusDescription));
        Assert.Equal([ProgressRecordType.Processing, ProgressRecordType.Completed], _told.Select(static record => record.RecordType));
    }

    [Fact]
    public void Two_cmdlets_of_one_pipeline_do_not_overwrite_each_other()
    {
        var other = new ProgressReport(_told.Add, "Receiving", () => _now);
        _now += 1000;
        _report.Tell(1, "sent", "");
        other.Tell(1, "received", "");
        Assert.NotEqual(_told[0].ActivityId, _told[1].ActivityId);
    }
}
