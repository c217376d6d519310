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
                Assert.Equal($"iot-2/type/pump/id/p{device}/evt/status/fmt/json", Find(topics, $"p{device}"));
            }
        }

        Assert.Equal(200, _made);
        Assert.EndsWith("/fmt/bin", Find(topics, "p0", "bin"));
        Assert.EndsWith("/cmd/status/fmt/json", Find(topics, "p0", "json", MessageKind.Command));
    }

    [Fact]
    public void Topics_are_forgotten_when_there_are_too_many()
    {
        var topics = NewCache();
        for (var device = 0; device < 5000; device++)
        {
            Find(topics, $"p{device}");
        }

        Find(topics, "p4999");
        Assert.Equal(5000, _made);
        Find(topics, "p0");
        Assert.Equal(5001, _made);
    }

    [Fact]
    public void A_topic_that_the_session_may_not_publish_to_is_not_kept()
    {
        var topics = NewCache();
        var parts = new TopicParts(MessageKind.Event, "status", "pump", "p1", "json");
        Assert.Equal(RuleId.TopicNotAllowed, Assert.Throws<RuleException>(() => topics.Add(parts, "iot-2/evt/status/fmt/json")).RuleId);
        Assert.False(topics.TryFind(parts, out _));
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

    private static TopicCache NewCache() => new(new SessionOptions
    {
        Identity = ClientIdentity.ForApplication("abc123", "dash"),
        Endpoint = new ServiceEndpoint("127.0.0.1", 1, secure: false),
    });

    private string Find(TopicCache topics, string id, string format = "json", MessageKind kind = MessageKind.Event)
    {
        var parts = new TopicParts(kind, "status", "pump", id, format);
        if (!topics.TryFind(parts, out var topic))
        {
            _made++;
            topic = topics.Add(parts, kind == MessageKind.Command ? LongTopics.Command("pump", id, "status", format) : LongTopics.Event("pump", id, "status", format));
        }

        return topic.Name;
    }
}
