using IoTF.PowerShell.Completion;
using IoTF.Protocol.Topics;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class SeenNamesTests
{
    private readonly SeenNames _seen = new();

    [Fact]
    public void A_name_is_kept_once_and_by_its_kind()
    {
        _seen.Note(MessageKind.Event, "pump", "p1", "status", "json");
        _seen.Note(MessageKind.Event, "pump", "p1", "status", "json");
        _seen.Note(MessageKind.Command, "pump", "p2", "reboot", "text");
        _seen.Note(MessageKind.Event, "pump", "p1", "status", "json");
        _seen.Note(MessageKind.DeviceStatus, "fan", "f1");
        Assert.Equal(["status"], _seen.EventIds);
        Assert.Equal(["reboot"], _seen.CommandIds);
        Assert.Equal(["json", "text"], _seen.Formats);
        Assert.Equal([("pump", "p1"), ("pump", "p2"), ("fan", "f1")], _seen.Devices);
    }

    [Fact]
    public void What_is_no_name_is_not_kept()
    {
        _seen.Note(MessageKind.Event, null, "p1", "", null);
        _seen.Note(MessageKind.DeviceStatus, "pump", null);
        Assert.Empty(_seen.EventIds);
        Assert.Empty(_seen.Devices);
    }

    [Fact]
    public void A_fleet_does_not_fill_the_memory()
    {
        for (var i = 0; i < 5000; i++)
        {
            _seen.Note(MessageKind.Event, "pump", $"p{i}", $"e{i}", $"f{i}");
        }

        Assert.Equal(1000, _seen.EventIds.Count);
        Assert.Equal(1000, _seen.Formats.Count);
        Assert.Equal(1000, _seen.Devices.Count);
    }
}
