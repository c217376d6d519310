using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Delivery;

public sealed class InboundWindowTests
{
    private const QualityOfService Qos0 = QualityOfService.AtMostOnce;
    private const QualityOfService Qos1 = QualityOfService.AtLeastOnce;
    private const QualityOfService Qos2 = QualityOfService.ExactlyOnce;

    private readonly RecordingSink _sink = new();
    private readonly InboundWindow _window = new();

    [Fact]
    public void A_QoS_0_message_is_delivered_and_never_answered()
    {
        _window.Limit = 1;
        Deliver(1, Qos1);
        var message = Message(0, Qos0);

        Assert.Equal(InboundOutcome.Deliver, _window.OnPublish(message, _sink));
        _window.Consumed(message, _sink);

        Assert.Empty(_sink.Take());
        Assert.Equal(1, _window.Count);
    }

    [Theory]
    [InlineData(Qos1, 0x00, "PUBACK 7", 0)]
    [InlineData(Qos1, 0x10, "PUBACK 7 0x10", 0)]
    [InlineData(Qos1, 0x90, "PUBACK 7 0x90", 0)]
    [InlineData(Qos2, 0x00, "PUBREC 7", 1)]
    [InlineData(Qos2, 0x10, "PUBREC 7 0x10", 1)]
    [InlineData(Qos2, 0x90, "PUBREC 7 0x90", 0)]
    public void A_message_is_acknowledged_when_it_was_consumed_and_only_once(QualityOfService qualityOfService, byte reasonCode, string answer, int left)
    {
        var message = Deliver(7, qualityOfService);
        Assert.Empty(_sink.Take());
        Assert.Equal(1, _window.Count);

        _window.Consumed(message, _sink, reasonCode);
        _window.Consumed(message, _sink, reasonCode);

        Assert.Equal([answer], _sink.Take());
        Assert.Equal(left, _window.Count);
    }

    [Fact]
    public void After_a_PUBACK_the_packet_id_is_free_for_another_message()
    {
        _window.Consumed(Deliver(7, Qos1), _sink);
        _window.Consumed(Deliver(7, Qos1, duplicate: true), _sink);
        Assert.Equal(["PUBACK 7", "PUBACK 7"], _sink.Take());
    }

    [Fact]
    public void A_QoS_2_message_is_not_delivered_again_until_its_PUBREL_whether_DUP_is_set_or_not()
    {
        _window.Consumed(Deliver(7, Qos2), _sink);
        Refuse(InboundOutcome.Duplicate, 7, Qos2, duplicate: true);
        Refuse(InboundOutcome.Duplicate, 7, Qos2, duplicate: false);
        Assert.Equal(["PUBREC 7", "PUBREC 7", "PUBREC 7"], _sink.Take());

        _window.OnPubRel(7, _sink);
        _window.OnPubRel(7, _sink);
        Assert.Equal(["PUBCOMP 7", "PUBCOMP 7 0x92"], _sink.Take());
        Assert.Equal(0, _window.Count);
        Deliver(7, Qos2);
    }

    [Theory]
    [InlineData(Qos1)]
    [InlineData(Qos2)]
    public void A_message_that_arrives_twice_over_one_connection_before_it_was_consumed_is_delivered_and_answered_once(QualityOfService qualityOfService)
    {
        var message = Deliver(7, qualityOfService);
        Refuse(InboundOutcome.Duplicate, 7, qualityOfService, duplicate: true);
        Assert.Empty(_sink.Take());
        _window.Consumed(message, _sink);
        Assert.Single(_sink.Take());
    }

    [Fact]
    public void A_message_that_was_refused_with_a_failure_is_delivered_when_it_comes_again()
    {
        _window.Consumed(Deliver(7, Qos2), _sink, ReasonCode.UnspecifiedError);
        Deliver(7, Qos2, duplicate: true);
        Assert.Equal(["PUBREC 7 0x80"], _sink.Take());
    }

    [Fact]
    public void Acknowledgements_leave_in_the_order_of_arrival()
    {
        var messages = new[] { Deliver(3, Qos1), Deliver(1, Qos2), Deliver(2, Qos1), Deliver(9, Qos2) };
        _window.Consumed(messages[2], _sink);
        _window.Consumed(messages[1], _sink);
        Assert.Empty(_sink.Take());
        _window.Consumed(messages[0], _sink);
        Assert.Equal(["PUBACK 3", "PUBREC 1", "PUBACK 2"], _sink.Take());
        _window.Consumed(messages[3], _sink);
        Assert.Equal(["PUBREC 9"], _sink.Take());
    }

    [Fact]
    public void More_unacknowledged_messages_than_allowed_are_not_taken()
    {
        _window.Limit = 2;
        _window.Consumed(Deliver(1, Qos2), _sink);
        var second = Deliver(2, Qos1);
        Refuse(InboundOutcome.LimitExceeded, 3, Qos1);
        Refuse(InboundOutcome.Duplicate, 2, Qos1, duplicate: true);
        Refuse(InboundOutcome.Duplicate, 1, Qos2, duplicate: true);
        _window.Consumed(second, _sink);
        Deliver(3, Qos1);
        Refuse(InboundOutcome.LimitExceeded, 4, Qos1);
        _window.OnPubRel(1, _sink);
        Deliver(4, Qos1);
    }

    [Fact]
    public void A_new_connection_starts_with_the_whole_allowance_again()
    {
        _window.Limit = 2;
        _window.Consumed(Deliver(1, Qos2), _sink);
        Deliver(2, Qos1);
        _window.Resume(sessionPresent: true);

        Deliver(3, Qos1);
        Deliver(4, Qos1);
        Refuse(InboundOutcome.LimitExceeded, 5, Qos1);
        Assert.Equal(3, _window.Count);
        _sink.Take();
        _window.OnPubRel(1, _sink);
        Assert.Equal(["PUBCOMP 1"], _sink.Take());
    }

    [Fact]
    public void A_message_held_while_the_link_was_down_is_not_delivered_again_and_acknowledged_when_it_is_consumed()
    {
        var held = Deliver(7, Qos1);
        _window.Resume(sessionPresent: true);
        Refuse(InboundOutcome.Duplicate, 7, Qos1, duplicate: true);
        Assert.Empty(_sink.Take());
        _window.Consumed(held, _sink);
        Assert.Equal(["PUBACK 7"], _sink.Take());
    }

    [Theory]
    [InlineData(Qos1, 0x00, "PUBACK 7")]
    [InlineData(Qos1, 0x83, "PUBACK 7 0x83")]
    [InlineData(Qos2, 0x00, "PUBREC 7")]
    public void A_message_consumed_while_the_link_was_down_is_acknowledged_at_once_when_it_comes_again(QualityOfService qualityOfService, byte reasonCode, string answer)
    {
        var message = Deliver(7, qualityOfService);
        _window.Consumed(message, sink: null, reasonCode);
        _window.Resume(sessionPresent: true);
        Refuse(InboundOutcome.Duplicate, 7, qualityOfService, duplicate: true);
        Assert.Equal([answer], _sink.Take());
    }

    [Fact]
    public void A_message_consumed_between_the_new_connection_and_its_redelivery_waits_for_the_redelivery()
    {
        var message = Deliver(7, Qos1);
        _window.Resume(sessionPresent: true);
        _window.Consumed(message, _sink);
        Assert.Empty(_sink.Take());
        Refuse(InboundOutcome.Duplicate, 7, Qos1, duplicate: true);
        Assert.Equal(["PUBACK 7"], _sink.Take());
    }

    [Fact]
    public void A_message_is_still_recognized_when_the_link_breaks_twice_before_it_comes_again()
    {
        var held = Deliver(7, Qos2);
        _window.Resume(sessionPresent: true);
        _window.Resume(sessionPresent: true);
        Refuse(InboundOutcome.Duplicate, 7, Qos2, duplicate: true);
        _window.Consumed(held, _sink);
        _window.Resume(sessionPresent: true);
        _window.Resume(sessionPresent: true);
        Refuse(InboundOutcome.Duplicate, 7, Qos2, duplicate: true);
        _window.OnPubRel(7, _sink);
        Assert.Equal(["PUBREC 7", "PUBREC 7", "PUBCOMP 7"], _sink.Take());
    }

    [Fact]
    public void Redelivered_messages_are_acknowledged_in_the_order_in_which_they_came_again()
    {
        var first = Deliver(1, Qos1);
        var second = Deliver(2, Qos1);
        _window.Consumed(second, sink: null);
        _window.Resume(sessionPresent: true);
        Refuse(InboundOutcome.Duplicate, 1, Qos1, duplicate: true);
        Refuse(InboundOutcome.Duplicate, 2, Qos1, duplicate: true);
        var third = Deliver(3, Qos1);
        _window.Consumed(third, _sink);
        Assert.Empty(_sink.Take());
        _window.Consumed(first, _sink);
        Assert.Equal(["PUBACK 1", "PUBACK 2", "PUBACK 3"], _sink.Take());
    }

    [Theory]
    [InlineData(false, "topic", "payload", Qos1)]
    [InlineData(true, "other", "payload", Qos1)]
    [InlineData(true, "topic", "other", Qos1)]
    [InlineData(true, "topic", "payload", Qos2)]
    public void Another_message_that_reuses_the_packet_id_of_one_that_was_given_up_is_delivered(bool duplicate, string topic, string payload, QualityOfService qualityOfService)
    {
        var given = new InboundMessage("topic", "payload"u8.ToArray(), Qos1, 7, retain: false, duplicate: false);
        _window.OnPublish(given, _sink);
        _window.Resume(sessionPresent: true);
        var another = new InboundMessage(topic, System.Text.Encoding.UTF8.GetBytes(payload), qualityOfService, 7, retain: false, duplicate);

        Assert.Equal(InboundOutcome.Deliver, _window.OnPublish(another, _sink));
        _window.Consumed(given, _sink);
        Assert.Empty(_sink.Take());
        _window.Consumed(another, _sink);
        Assert.Single(_sink.Take());
    }

    [Fact]
    public void When_the_other_end_forgot_the_session_everything_is_new_and_nothing_old_is_acknowledged()
    {
        var held = Deliver(1, Qos1);
        _window.Consumed(Deliver(2, Qos2), _sink);
        var older = Deliver(3, Qos2);
        _window.Resume(sessionPresent: true);
        var released = Deliver(4, Qos2);
        _window.Resume(sessionPresent: false);
        Assert.Equal(0, _window.Count);
        _sink.Take();

        foreach (var message in new[] { held, older, released })
        {
            _window.Consumed(message, _sink);
        }

        Deliver(1, Qos1, duplicate: true);
        Deliver(2, Qos2, duplicate: true);
        Deliver(3, Qos2, duplicate: true);
        _window.OnPubRel(9, _sink);
        Assert.Equal(["PUBCOMP 9 0x92"], _sink.Take());
    }

    private static InboundMessage Message(ushort packetId, QualityOfService qualityOfService, bool duplicate = false) =>
        new("topic", [1, 2, 3], qualityOfService, packetId, retain: false, duplicate);

    private InboundMessage Deliver(ushort packetId, QualityOfService qualityOfService, bool duplicate = false)
    {
        var message = Message(packetId, qualityOfService, duplicate);
        Assert.Equal(InboundOutcome.Deliver, _window.OnPublish(message, _sink));
        return message;
    }

    private void Refuse(InboundOutcome outcome, ushort packetId, QualityOfService qualityOfService, bool duplicate = false) =>
        Assert.Equal(outcome, _window.OnPublish(Message(packetId, qualityOfService, duplicate), _sink));

    [Theory]
    [InlineData(true, "t", "x", InboundOutcome.Duplicate)]
    [InlineData(false, "t", "x", InboundOutcome.Deliver)]
    [InlineData(true, "t", "y", InboundOutcome.Deliver)]
    [InlineData(true, "u", "x", InboundOutcome.Deliver)]
    public void After_a_reconnect_only_the_same_QoS_2_message_with_DUP_counts_as_received(bool duplicate, string topic, string payload, InboundOutcome outcome)
    {
        var first = new InboundMessage("t", "x"u8.ToArray(), Qos2, 7, retain: false, duplicate: false);
        _window.OnPublish(first, _sink);
        _window.Consumed(first, _sink);
        _window.Resume(sessionPresent: true);
        var again = new InboundMessage(topic, System.Text.Encoding.UTF8.GetBytes(payload), Qos2, 7, retain: false, duplicate);
        Assert.Equal(outcome, _window.OnPublish(again, _sink));
        _window.Consumed(again, _sink);
        Assert.Equal(["PUBREC 7", "PUBREC 7"], _sink.Take());
        Assert.Equal(1, _window.Count);
    }
}
