using System.Management.Automation;
using IoTF.Client.Sessions;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Payloads;
using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;
using IoTF.Protocol.Topics;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class SendingForDevicesTests
{
    private int _made;

    [Fact]
    public void A_topic_is_made_once_for_each_device_and_format()
    {
        var topics = NewCache();
        for (var round = 0; round < 3; round++)
        {
            for (var device = 0; device < 200; device++)
            {
                Assert.Equal($"iot-2/type/pump/id/p{device}/evt/status/fmt/json", topics.Find("pump", $"p{device}", "json").Name);
            }
        }

        Assert.Equal(200, _made);
        Assert.EndsWith("/fmt/bin", topics.Find("pump", "p0", "bin").Name);
    }

    [Fact]
    public void Topics_are_forgotten_when_there_are_too_many()
    {
        var topics = NewCache();
        for (var device = 0; device < 5000; device++)
        {
            topics.Find("pump", $"p{device}", "json");
        }

        topics.Find("pump", "p4999", "json");
        Assert.Equal(5000, _made);
        topics.Find("pump", "p0", "json");
        Assert.Equal(5001, _made);
    }

    [Fact]
    public void A_topic_that_breaks_a_rule_is_not_kept()
    {
        var topics = NewCache();
        Assert.Equal(RuleId.InvalidDeviceId, Assert.Throws<RuleException>(() => topics.Find("pump", "p 1", "json")).RuleId);
        Assert.Equal(RuleId.InvalidDeviceId, Assert.Throws<RuleException>(() => topics.Find("pump", "p 1", "json")).RuleId);
        Assert.Equal(2, _made);
    }

    [Fact]
    public void The_columns_that_name_the_device_are_left_out_of_a_row()
    {
        var row = new PSObject();
        foreach (var (name, value) in new (string, object)[] { ("t", 1), ("deviceid", "p1"), ("TypeId", "pump"), ("DeviceType", "pump"), ("DeviceIdentity", 2) })
        {
            row.Properties.Add(new PSNoteProperty(name, value));
        }

        var rest = Assert.IsType<PSObject>(DeviceColumns.Without(row));
        Assert.Equal(["t", "DeviceIdentity"], rest.Properties.Select(property => property.Name));
        Assert.Equal(5, row.Properties.Count());
    }

    [Fact]
    public void Other_objects_are_sent_whole()
    {
        foreach (var data in new object?[] { null, "text", new PSObject("text"), new Uri("http://a/"), new System.Collections.Hashtable { ["DeviceId"] = 1 } })
        {
            Assert.Same(data, DeviceColumns.Without(data));
        }
    }

    private TopicCache NewCache() => new(
        new SessionOptions
        {
            Identity = ClientIdentity.ForGateway("abc123", "gwt", "gw1"),
            Endpoint = new ServiceEndpoint("127.0.0.1", 1, secure: false),
        },
        (_, type, id, format) =>
        {
            _made++;
            return LongTopics.Event(type!, id!, "status", format);
        });
}
