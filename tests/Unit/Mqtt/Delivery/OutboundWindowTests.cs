using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Delivery;

public sealed class OutboundWindowTests
{

    [Fact]
    public void An_inherited_id_is_released_before_its_first_message_of_QoS_2_and_never_again()
    {
        var window = new OutboundWindow(limit: 1, exactlyOnceLimit: 1);
        window.InheritIds();
        var message = Message("a", QualityOfService.ExactlyOnce);
        window.Publish(message, _sink);
        Assert.Equal(["PUBREL 1"], _sink.Take());
        Assert.Equal(AcknowledgementOutcome.Progress, window.OnPubComp(1, _sink, out _));
        Assert.Equal(["PUBLISH 1 a"], _sink.Take());
        window.OnPubRec(1, ReasonCode.Success, _sink, out _);
        Assert.Equal(AcknowledgementOutcome.Settled, window.OnPubComp(1, _sink, out var settled));
        Assert.Same(message, settled);
        for (var id = 2; id <= ushort.MaxValue; id++)
        {
            window.Publish(Message("b", QualityOfService.AtLeastOnce), _sink);
            window.OnPubAck((ushort)id, out _);
        }

        _sink.Take();
        window.Publish(Message("c", QualityOfService.ExactlyOnce), _sink);
        Assert.Equal(["PUBLISH 1 c"], _sink.Take());
    }

    [Fact]
    public void A_message_whose_id_is_released_early_does_not_overtake_those_before_it()
    {
        var window = new OutboundWindow(limit: 4, exactlyOnceLimit: 4);
        window.InheritIds();
        foreach (var name in new[] { "a", "b", "c" })
        {
            window.Publish(Message(name, QualityOfService.ExactlyOnce), _sink);
        }

        Assert.Equal(["PUBREL 1", "PUBREL 2", "PUBREL 3"], _sink.Take());
        window.OnPubComp(2, _sink, out _);
        Assert.Empty(_sink.Take());

        // The answer for the first was lost with the connection.
        window.Resume(sessionPresent: true, _sink);
        Assert.Equal(["PUBREL 1", "PUBREL 3"], _sink.Take());
        window.OnPubComp(1, _sink, out _);
        Assert.Equal(["PUBLISH 1 a", "PUBLISH 2 b"], _sink.Take());
        window.OnPubComp(3, _sink, out _);
        Assert.Equal(["PUBLISH 3 c"], _sink.Take());
    }

    [Fact]
    public void What_waited_for_a_message_that_was_given_up_is_published_over_the_next_connection()
    {
        var window = new OutboundWindow(limit: 4, exactlyOnceLimit: 4);
        window.InheritIds();
        window.Publish(Message("a", QualityOfService.ExactlyOnce), _sink);
        window.Publish(Message("b", QualityOfService.ExactlyOnce), _sink);
        window.OnPubComp(2, _sink, out _);
        window.AbandonOldest();
        _sink.Take();
        window.Resume(sessionPresent: true, _sink);
        Assert.Equal(["PUBLISH 2 b"], _sink.Take());
    }

    [Fact]
    public void A_message_that_was_given_up_keeps_nobody_waiting()
    {
        var window = new OutboundWindow(limit: 4, exactlyOnceLimit: 4);
        window.InheritIds();
        window.Publish(Message("a", QualityOfService.ExactlyOnce), _sink);
        window.AbandonOldest();
        window.Resume(sessionPresent: false, _sink);
        _sink.Take();
        window.Publish(Message("b", QualityOfService.ExactlyOnce), _sink);
        Assert.Equal(["PUBLISH 2 b"], _sink.Take());
    }

    [Theory]
    [InlineData(true, "PUBREL 1")]
    [InlineData(false, "PUBLISH 1 a")]
    public void A_release_that_was_lost_with_the_connection_is_repeated_unless_the_session_is_gone(bool sessionPresent, string expected)
    {
        var window = new OutboundWindow(limit: 1, exactlyOnceLimit: 1);
        window.InheritIds();
        window.Publish(Message("a", QualityOfService.ExactlyOnce), _sink);
        _sink.Take();
        window.Resume(sessionPresent, _sink);
        Assert.Equal([expected], _sink.Take());
    }

    [Theory]
    [InlineData(1, 1, QualityOfService.AtLeastOnce, 0)]
    [InlineData(10, 10, QualityOfService.AtLeastOnce, 7)]
    [InlineData(1000, 20, QualityOfService.AtLeastOnce, 750)]
    [InlineData(1000, 20, QualityOfService.ExactlyOnce, 15)]
    public void There_is_ample_room_from_a_quarter_of_the_window_on(int limit, int exactlyOnceLimit, QualityOfService qualityOfService, int fullest)
    {
        var window = new OutboundWindow(limit, exactlyOnceLimit);
        for (var sent = 0; sent < fullest; sent++)
        {
            window.Publish(Message("a", qualityOfService), _sink);
        }

        Assert.True(window.HasAmpleRoom(qualityOfService));
        window.Publish(Message("a", qualityOfService), _sink);
        Assert.False(window.HasAmpleRoom(qualityOfService));
        Assert.True(window.HasAmpleRoom(QualityOfService.AtMostOnce));
    }

    private readonly RecordingSink _sink = new();

    /// <summary>Every acknowledgement in every state: what comes out, what is sent, where the message stands.</summary>
    /// <param name="before">The state of message 1.</param>
    /// <param name="packet">What arrives: name, packet id, reason code.</param>
    /// <param name="outcome">What the window says.</param>
    /// <param name="sent">What it sends.</param>
    /// <param name="after">The state of message 1 afterward.</param>
    [Theory]
    [InlineData("AwaitingPubAck", "PUBACK 1", "Settled", "", "Settled")]
    [InlineData("AwaitingPubAck", "PUBREC 1", "Unknown", "PUBREL 1 0x92", "AwaitingPubAck")]
    [InlineData("AwaitingPubAck", "PUBREC 1 0x80", "Unknown", "", "AwaitingPubAck")]
    [InlineData("AwaitingPubAck", "PUBCOMP 1", "Unknown", "", "AwaitingPubAck")]
    [InlineData("AwaitingPubAck", "PUBACK 2", "Unknown", "", "AwaitingPubAck")]
    [InlineData("AwaitingPubAck", "PUBACK 0", "Unknown", "", "AwaitingPubAck")]
    [InlineData("AwaitingPubRec", "PUBACK 1", "Unknown", "", "AwaitingPubRec")]
    [InlineData("AwaitingPubRec", "PUBREC 1", "Progress", "PUBREL 1", "AwaitingPubComp")]
    [InlineData("AwaitingPubRec", "PUBREC 1 0x10", "Progress", "PUBREL 1", "AwaitingPubComp")]
    [InlineData("AwaitingPubRec", "PUBREC 1 0x7F", "Progress", "PUBREL 1", "AwaitingPubComp")]
    [InlineData("AwaitingPubRec", "PUBREC 1 0x80", "Settled", "", "Settled")]
    [InlineData("AwaitingPubRec", "PUBREC 1 0x97", "Settled", "", "Settled")]
    [InlineData("AwaitingPubRec", "PUBREC 2", "Unknown", "PUBREL 2 0x92", "AwaitingPubRec")]
    [InlineData("AwaitingPubRec", "PUBCOMP 1", "Unknown", "", "AwaitingPubRec")]
    [InlineData("AwaitingPubComp", "PUBACK 1", "Unknown", "", "AwaitingPubComp")]
    [InlineData("AwaitingPubComp", "PUBREC 1", "Progress", "PUBREL 1", "AwaitingPubComp")]
    [InlineData("AwaitingPubComp", "PUBREC 1 0x80", "Progress", "", "AwaitingPubComp")]
    [InlineData("AwaitingPubComp", "PUBCOMP 1", "Settled", "", "Settled")]
    [InlineData("AwaitingPubComp", "PUBCOMP 2", "Unknown", "", "AwaitingPubComp")]
    [InlineData("Settled", "PUBACK 1", "Unknown", "", "Settled")]
    [InlineData("Settled", "PUBREC 1", "Unknown", "PUBREL 1 0x92", "Settled")]
    [InlineData("Settled", "PUBREC 1 0x80", "Unknown", "", "Settled")]
    [InlineData("Settled", "PUBCOMP 1", "Unknown", "", "Settled")]
    public void An_acknowledgement_moves_only_the_message_that_waits_for_it(string before, string packet, string outcome, string sent, string after)
    {
        var window = new OutboundWindow(limit: 10, exactlyOnceLimit: 10);
        var message = Message("a", before == "AwaitingPubAck" ? QualityOfService.AtLeastOnce : QualityOfService.ExactlyOnce);
        window.Publish(message, _sink);
        if (before is "AwaitingPubComp" or "Settled")
        {
            window.OnPubRec(1, ReasonCode.Success, _sink, out _);
        }

        if (before is "Settled")
        {
            window.OnPubComp(1, _sink, out _);
        }

        Assert.Equal(before, message.State.ToString());
        _sink.Take();

        var actual = Arrives(window, packet, out var found);

        Assert.Equal(outcome, actual.ToString());
        Assert.Equal(sent, string.Join(", ", _sink.Take()));
        Assert.Equal(after, message.State.ToString());
        Assert.Equal(outcome == "Unknown" ? null : message, found);
        Assert.Equal(after == "Settled" ? 0 : 1, window.Count);
        Assert.Equal(after == "Settled" ? [] : [message], window.InFlight);
    }

    [Fact]
    public void A_QoS_0_message_is_settled_when_it_is_sent_and_needs_no_room()
    {
        var window = new OutboundWindow(limit: 1, exactlyOnceLimit: 1);
        window.Publish(Message("full", QualityOfService.AtLeastOnce), _sink);
        var message = Message("a", QualityOfService.AtMostOnce);

        Assert.True(window.HasRoom(QualityOfService.AtMostOnce));
        window.Publish(message, _sink);

        Assert.Equal(OutboundState.Settled, message.State);
        Assert.Equal(0, message.PacketId);
        Assert.Equal(1, message.Transmissions);
        Assert.Equal(1, window.Count);
        Assert.Equal(["PUBLISH 1 full", "PUBLISH 0 a"], _sink.Take());
    }

    [Fact]
    public void A_message_is_sent_for_the_first_time_only_once()
    {
        var window = new OutboundWindow(limit: 2, exactlyOnceLimit: 2);
        var message = Message("a", QualityOfService.AtLeastOnce);
        window.Publish(message, _sink);

        Assert.Throws<InvalidOperationException>(() => window.Publish(message, _sink));
        window.OnPubAck(1, out _);
        Assert.Throws<InvalidOperationException>(() => window.Publish(message, _sink));
    }

    [Fact]
    public void The_window_refuses_what_exceeds_its_limits()
    {
        var window = new OutboundWindow(limit: 3, exactlyOnceLimit: 1);
        window.Publish(Message("a", QualityOfService.ExactlyOnce), _sink);
        Assert.False(window.HasRoom(QualityOfService.ExactlyOnce));
        Assert.True(window.HasRoom(QualityOfService.AtLeastOnce));
        Assert.Throws<InvalidOperationException>(() => window.Publish(Message("b", QualityOfService.ExactlyOnce), _sink));

        window.Publish(Message("c", QualityOfService.AtLeastOnce), _sink);
        window.Publish(Message("d", QualityOfService.AtLeastOnce), _sink);
        Assert.False(window.HasRoom(QualityOfService.AtLeastOnce));
        Assert.Throws<InvalidOperationException>(() => window.Publish(Message("e", QualityOfService.AtLeastOnce), _sink));

        // PUBREC makes no room: MQTT 5 counts until PUBCOMP.
        window.OnPubRec(1, ReasonCode.Success, _sink, out _);
        Assert.False(window.HasRoom(QualityOfService.AtLeastOnce));
        window.OnPubComp(1, _sink, out _);
        Assert.Equal(0, window.ExactlyOnceCount);
        Assert.True(window.HasRoom(QualityOfService.ExactlyOnce));

        window.Limit = 2;
        Assert.False(window.HasRoom(QualityOfService.AtLeastOnce));
        Assert.Equal(2, window.Count);
    }

    [Fact]
    public void Packet_ids_wrap_after_65535_and_pass_over_those_in_use_and_reserved()
    {
        var window = new OutboundWindow(limit: 65_535, exactlyOnceLimit: 65_535);
        var first = Message("first", QualityOfService.AtLeastOnce);
        window.Publish(first, _sink);
        Assert.Equal(2, window.ReserveId());
        for (var id = 3; id <= 65_535; id++)
        {
            var message = Message("m", QualityOfService.AtLeastOnce);
            window.Publish(message, _sink);
            Assert.Equal(id, message.PacketId);
            window.OnPubAck((ushort)id, out _);
        }

        var next = Message("next", QualityOfService.AtLeastOnce);
        window.Publish(next, _sink);
        Assert.Equal(3, next.PacketId);
        window.ReleaseId(2);
        window.ReleaseId(first.PacketId);
        Assert.Equal(4, window.ReserveId());
        Assert.Equal(OutboundState.AwaitingPubAck, first.State);
    }

    [Fact]
    public void When_every_packet_id_is_in_use_there_is_no_room_until_one_is_given_back()
    {
        var window = new OutboundWindow(limit: 65_535, exactlyOnceLimit: 65_535);
        for (var i = 1; i <= 65_534; i++)
        {
            window.Publish(Message("m", QualityOfService.AtLeastOnce), _sink);
        }

        Assert.Equal(65_535, window.ReserveId());
        Assert.False(window.HasRoom(QualityOfService.AtLeastOnce));
        Assert.True(window.HasRoom(QualityOfService.AtMostOnce));
        Assert.Throws<InvalidOperationException>(() => window.ReserveId());
        Assert.Throws<InvalidOperationException>(() => window.Publish(Message("m", QualityOfService.AtLeastOnce), _sink));

        window.OnPubAck(777, out _);
        Assert.Equal(777, window.ReserveId());
        window.ReleaseId(65_535);
        var last = Message("last", QualityOfService.ExactlyOnce);
        window.Publish(last, _sink);
        Assert.Equal(65_535, last.PacketId);
    }

    [Fact]
    public void Resuming_a_kept_session_sends_again_in_the_order_of_the_first_sending()
    {
        var window = new OutboundWindow(limit: 10, exactlyOnceLimit: 10);
        var messages = new[]
        {
            Message("a", QualityOfService.AtLeastOnce), Message("b", QualityOfService.ExactlyOnce), Message("c", QualityOfService.ExactlyOnce),
            Message("d", QualityOfService.AtLeastOnce), Message("e", QualityOfService.ExactlyOnce),
        };
        Publish(window, messages);
        window.OnPubRec(2, ReasonCode.Success, _sink, out _);
        window.OnPubAck(1, out _);
        Publish(window, Message("f", QualityOfService.AtLeastOnce));
        _sink.Take();

        Assert.Empty(window.Resume(sessionPresent: true, _sink));

        Assert.Equal(["PUBREL 2", "PUBLISH 3 c DUP", "PUBLISH 4 d DUP", "PUBLISH 5 e DUP", "PUBLISH 6 f DUP"], _sink.Take());
        Assert.Equal([1, 1, 2, 2, 2], messages.Select(message => message.Transmissions));
        window.Resume(sessionPresent: true, _sink);
        Assert.Equal(5, _sink.Take().Length);
        Assert.Equal(3, messages[2].Transmissions);
    }

    [Fact]
    public void Resuming_a_forgotten_session_settles_what_the_other_end_had_taken_over_and_sends_the_rest()
    {
        var window = new OutboundWindow(limit: 10, exactlyOnceLimit: 10);
        var taken = Message("a", QualityOfService.ExactlyOnce);
        Publish(window, taken, Message("b", QualityOfService.ExactlyOnce), Message("c", QualityOfService.AtLeastOnce));
        window.OnPubRec(1, ReasonCode.Success, _sink, out _);
        _sink.Take();

        Assert.Equal([taken], window.Resume(sessionPresent: false, _sink));

        Assert.Equal(OutboundState.Settled, taken.State);
        Assert.Equal(["PUBLISH 2 b DUP", "PUBLISH 3 c DUP"], _sink.Take());
        Assert.Equal(1, window.ExactlyOnceCount);
    }

    [Fact]
    public void Resuming_never_has_more_on_the_way_than_the_new_connection_allows()
    {
        var window = new OutboundWindow(limit: 5, exactlyOnceLimit: 5);
        var messages = "abcde".Select(name => Message($"{name}", name is 'b' ? QualityOfService.ExactlyOnce : QualityOfService.AtLeastOnce)).ToArray();
        Publish(window, messages);
        _sink.Take();
        window.Limit = 2;

        window.Resume(sessionPresent: true, _sink);
        Assert.Equal(["PUBLISH 1 a DUP", "PUBLISH 2 b DUP"], _sink.Take());
        Assert.Equal(1, messages[2].Transmissions);

        window.OnPubRec(2, ReasonCode.Success, _sink, out _);
        Assert.Equal(["PUBREL 2"], _sink.Take());

        // A late acknowledgement of one that still waits: it is not sent again.
        window.OnPubAck(3, out _);
        Assert.Empty(_sink.Take());

        // More room, but what is old goes first.
        window.Limit = 10;
        Assert.False(window.HasRoom(QualityOfService.AtLeastOnce));
        window.OnPubComp(2, _sink, out _);
        Assert.Equal(["PUBLISH 4 d DUP", "PUBLISH 5 e DUP"], _sink.Take());
        Assert.True(window.HasRoom(QualityOfService.AtLeastOnce));
    }

    [Fact]
    public void A_second_cut_while_messages_are_held_back_sends_all_of_them_again()
    {
        var window = new OutboundWindow(limit: 4, exactlyOnceLimit: 4);
        Publish(window, [.. "abcd".Select(name => Message($"{name}", QualityOfService.ExactlyOnce))]);
        _sink.Take();
        window.Limit = 1;
        window.Resume(sessionPresent: true, _sink);
        window.OnPubRec(2, ReasonCode.Success, _sink, out _);
        Assert.Equal(["PUBLISH 1 a DUP", "PUBREL 2"], _sink.Take());

        window.Limit = 2;
        window.Resume(sessionPresent: true, _sink);
        Assert.Equal(["PUBLISH 1 a DUP", "PUBREL 2"], _sink.Take());
        window.OnPubComp(2, _sink, out _);
        window.OnPubRec(1, 0x80, _sink, out _);
        Assert.Equal(["PUBLISH 3 c DUP", "PUBLISH 4 d DUP"], _sink.Take());
    }

    [Fact]
    public void A_message_that_moved_on_and_settled_while_it_was_held_back_does_not_stop_those_behind_it()
    {
        var window = new OutboundWindow(limit: 3, exactlyOnceLimit: 3);
        Publish(window, [.. "abc".Select(name => Message($"{name}", QualityOfService.ExactlyOnce))]);
        _sink.Take();
        window.Limit = 1;
        window.Resume(sessionPresent: true, _sink);
        window.OnPubRec(2, ReasonCode.Success, _sink, out _);
        window.OnPubComp(2, _sink, out _);
        window.OnPubRec(1, 0x80, _sink, out _);

        Assert.Equal(["PUBLISH 1 a DUP", "PUBREL 2", "PUBLISH 3 c DUP"], _sink.Take());
    }

    [Fact]
    public void Abandoning_gives_back_what_was_in_flight_oldest_first_and_sends_nothing()
    {
        var window = new OutboundWindow(limit: 3, exactlyOnceLimit: 3);
        var messages = new[] { Message("a", QualityOfService.ExactlyOnce), Message("b", QualityOfService.AtLeastOnce), Message("c", QualityOfService.ExactlyOnce) };
        Publish(window, messages);
        window.Limit = 1;
        window.Resume(sessionPresent: true, _sink);
        _sink.Take();

        Assert.Equal(messages, window.Abandon());

        Assert.Empty(_sink.Take());
        Assert.Equal(0, window.Count);
        Assert.Equal(0, window.ExactlyOnceCount);
        Assert.All(messages, message => Assert.Equal(OutboundState.Settled, message.State));
        Assert.True(window.HasRoom(QualityOfService.ExactlyOnce));
        Assert.Equal(AcknowledgementOutcome.Unknown, window.OnPubAck(2, out _));
    }

    [Fact]
    public void A_message_in_the_middle_can_settle_first_and_the_order_of_the_others_stays()
    {
        var window = new OutboundWindow(limit: 9, exactlyOnceLimit: 9);
        Publish(window, [.. "abcde".Select(name => Message($"{name}", QualityOfService.AtLeastOnce))]);
        foreach (ushort id in new ushort[] { 3, 1, 5 })
        {
            Assert.Equal(AcknowledgementOutcome.Settled, window.OnPubAck(id, out _));
        }

        Publish(window, Message("f", QualityOfService.AtLeastOnce));
        Assert.Equal(["b", "d", "f"], window.InFlight.Select(message => message.Topic));
    }

    private static OutboundMessage Message(string topic, QualityOfService qualityOfService) => new(topic, new byte[1], qualityOfService);

    private void Publish(OutboundWindow window, params OutboundMessage[] messages)
    {
        foreach (var message in messages)
        {
            window.Publish(message, _sink);
        }
    }

    private AcknowledgementOutcome Arrives(OutboundWindow window, string packet, out OutboundMessage? message)
    {
        var parts = packet.Split(' ');
        var id = ushort.Parse(parts[1]);
        var reasonCode = parts.Length > 2 ? Convert.ToByte(parts[2], 16) : ReasonCode.Success;
        return parts[0] switch
        {
            "PUBACK" => window.OnPubAck(id, out message),
            "PUBREC" => window.OnPubRec(id, reasonCode, _sink, out message),
            "PUBCOMP" => window.OnPubComp(id, _sink, out message),
            _ => throw new ArgumentException(packet),
        };
    }

    [Fact]
    public void The_packet_id_of_a_QoS_2_message_that_was_given_up_is_released_before_it_carries_QoS_2_again()
    {
        var window = new OutboundWindow(limit: 5, exactlyOnceLimit: 5);
        var sink = new RecordingSink();
        var poison = new OutboundMessage("t", new byte[1], QualityOfService.ExactlyOnce);
        window.Publish(poison, sink);
        Assert.Same(poison, window.AbandonOldest());
        Assert.Equal(0, window.Count);
        for (var i = 1; i < ushort.MaxValue; i++)
        {
            window.ReleaseId(window.ReserveId());
        }

        sink.Take();
        window.Publish(new OutboundMessage("t", new byte[1], QualityOfService.ExactlyOnce), sink);
        Assert.Equal(["PUBREL 1"], sink.Take());
        Assert.Equal(AcknowledgementOutcome.Progress, window.OnPubComp(1, sink, out _));
        Assert.StartsWith("PUBLISH 1", Assert.Single(sink.Take()), StringComparison.Ordinal);
    }
}
