using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Emulator.Persistence;

/// <summary>Between messages and their form in the file: timestamps of the clock on one side, UTC on the other.</summary>
internal sealed class SavedMessages(TimeProvider clock)
{
    private readonly DateTimeOffset _now = clock.GetUtcNow();
    private readonly long _timestamp = clock.GetTimestamp();

    /// <summary>How long ago something was.</summary>
    public TimeSpan Since(DateTimeOffset then) => _now > then ? _now - then : TimeSpan.Zero;

    /// <summary>Since when the client of a session is away: since now when it is connected.</summary>
    public DateTimeOffset AwaySince(Session session) => session.Connection is null ? At(session.DetachedAt) : _now;

    public SavedMessage Save(OutboundMessage message)
    {
        var delivery = (Sessions.Delivery)message;
        return new SavedMessage
        {
            Topic = message.Topic,
            Payload = message.Payload.ToArray(),
            QoS = (int)message.QualityOfService,
            Since = delivery.WaitingSince == 0 ? _now : At(delivery.WaitingSince),
            PacketId = message.PacketId == 0 ? null : message.PacketId,
            IsReleased = message.State == OutboundState.AwaitingPubComp,
            SharedSubscription = delivery.Source?.Name,
            Properties = delivery.Properties?.Save(clock),
        };
    }

    /// <summary>The message again.</summary>
    /// <param name="saved">Its form in the file.</param>
    /// <param name="source">The shared subscription that it came from.</param>
    public Sessions.Delivery Restore(SavedMessage saved, SharedSubscription? source = null) => new(
        saved.Topic,
        saved.Payload,
        saved.QoS == (int)QualityOfService.ExactlyOnce ? QualityOfService.ExactlyOnce : QualityOfService.AtLeastOnce,
        saved.Properties is null ? null : PublishProperties.Restore(saved.Properties, clock),
        source)
    {
        WaitingSince = _timestamp - (long)(Since(saved.Since).TotalSeconds * clock.TimestampFrequency),
    };

    private DateTimeOffset At(long timestamp) => _now - clock.GetElapsedTime(timestamp, _timestamp);
}
