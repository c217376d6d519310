using IoTF.Client.Receiving;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class MessageFlowTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly MessageFlow _flow = new();
    private long _messages;

    [Fact]
    public void A_message_that_comes_alone_is_in_no_dense_flow()
    {
        Assert.False(Arrive(1, after: TimeSpan.FromSeconds(1)));
        Assert.False(Arrive(1, after: TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public void A_flow_of_many_messages_in_few_milliseconds_is_dense_and_tells_their_size()
    {
        Arrive(0, after: TimeSpan.FromSeconds(1));
        Assert.True(Arrive(50, after: TimeSpan.FromMilliseconds(6)));
        Assert.Equal(100, _flow.MessageSize);
    }

    [Fact]
    public void A_flow_that_has_stopped_is_not_dense_any_more()
    {
        Arrive(0, after: TimeSpan.FromSeconds(1));
        Arrive(50, after: TimeSpan.FromMilliseconds(6));
        Assert.False(Arrive(50, after: TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void What_is_read_together_fits_into_the_smallest_window_of_the_service()
    {
        Assert.True(MessageFlow.Together < IoTF.Protocol.Limits.ServiceLimits.InFlightToDevice);
    }

    private bool Arrive(int messages, TimeSpan after)
    {
        _clock.Advance(after);
        _messages += messages;
        return _flow.IsDense(_messages, _messages * 100, _clock);
    }
}
