using IoTF.Protocol.Identities;

namespace IoTF.Protocol.Limits;

/// <summary>The limits of the service (protocol.md §2.6, §2.7). An installation may set others.</summary>
public static class ServiceLimits
{
    /// <summary>The most bytes of a payload; more and the connection is closed with code 287 (protocol.md §2.6).</summary>
    public const int MaximumPayload = 131_072;

    /// <summary>With MQTT 3.1 and 3.1.1 the bytes of a topic beyond this number count as payload (protocol.md §2.6).</summary>
    public const int TopicBytesNotCounted = 200;

    /// <summary>The most bytes of a topic name or filter in UTF-8 (MQTT-3.1.1 §4.7.3).</summary>
    public const int MaximumTopicBytes = 65_535;

    /// <summary>The most characters of a ClientId that the service takes, in every protocol version (protocol.md §2.2).</summary>
    public const int MaximumClientIdLength = 256;

    /// <summary>Messages a device may have unacknowledged toward the service (protocol.md §2.6).</summary>
    public const int DeviceInFlight = 10;

    /// <summary>Messages a gateway may have unacknowledged toward the service (protocol.md §2.6).</summary>
    public const int GatewayInFlight = 1_000;

    /// <summary>Messages an application may have unacknowledged toward the service (protocol.md §2.6).</summary>
    public const int ApplicationInFlight = 2_000;

    /// <summary>Messages the service has unacknowledged toward a device (protocol.md §2.6).</summary>
    public const int InFlightToDevice = 10;

    /// <summary>Subscriptions of a device; one more closes the connection with code 154 (protocol.md §2.6).</summary>
    public const int DeviceSubscriptions = 50;

    /// <summary>Subscriptions of an application; one more closes the connection with code 154 (protocol.md §2.6).</summary>
    public const int ApplicationSubscriptions = 500;

    /// <summary>Messages kept for a subscription while its client is away; the oldest goes first (protocol.md §2.6).</summary>
    public const int SubscriptionBuffer = 5_000;

    /// <summary>Messages kept for a shared subscription (protocol.md §2.5).</summary>
    public const int SharedSubscriptionBuffer = 50_000;

    /// <summary>Topic aliases a MQTT 5 client may use (protocol.md §2.6).</summary>
    public const int TopicAliasMaximum = 8;

    /// <summary>Registered devices behind one gateway (protocol.md §4.7).</summary>
    public const int DevicesPerGateway = 500;

    /// <summary>What a message is counted in against a rate: 4 KiB of payload, begun ones as whole ones (protocol.md §2.7).</summary>
    public const int RateUnit = 4 * 1024;

    /// <summary>How long an event waits for an application that is away (protocol.md §2.6).</summary>
    public static readonly TimeSpan EventLifetime = TimeSpan.FromHours(24);

    /// <summary>How long a command waits for a device that is away, unless the installation says otherwise (protocol.md §2.6).</summary>
    public static readonly TimeSpan CommandLifetime = TimeSpan.FromHours(48);

    /// <summary>The longest keep-alive of a scalable application's member without an instance id; 0 and longer ones become this (protocol.md §2.5).</summary>
    public static readonly TimeSpan ScalableApplicationKeepAlive = TimeSpan.FromSeconds(3_600);

    /// <summary>How many messages a client of a role may have unacknowledged toward the service.</summary>
    /// <param name="role">The role.</param>
    /// <returns>10, 1,000 or 2,000.</returns>
    public static int InFlight(ClientRole role) => role switch
    {
        ClientRole.Device => DeviceInFlight,
        ClientRole.Gateway => GatewayInFlight,
        _ => ApplicationInFlight,
    };

    /// <summary>How many units of <see cref="RateUnit"/> a client of a role publishes in a second, in the Standard plan (protocol.md §2.7).</summary>
    /// <param name="role">The role.</param>
    /// <returns>10, 100 or 20: messages, or 40, 400 or 80 KB.</returns>
    public static int PublishRate(ClientRole role) => role switch
    {
        ClientRole.Device => 10,
        ClientRole.Gateway => 100,
        _ => 20,
    };

    /// <summary>
    /// How many subscriptions a client of a role may have. The documentation names devices and applications only;
    /// a gateway speaks for many devices and is given what an application has.
    /// </summary>
    /// <param name="role">The role.</param>
    /// <returns>50 or 500.</returns>
    public static int Subscriptions(ClientRole role) => role == ClientRole.Device ? DeviceSubscriptions : ApplicationSubscriptions;

    /// <summary>The keep-alive the service works with (protocol.md §2.5, §2.6).</summary>
    /// <param name="identity">Who connects.</param>
    /// <param name="asked">What CONNECT says; zero means none.</param>
    /// <returns>What was asked, except for a member of a scalable application without an instance id.</returns>
    public static TimeSpan EffectiveKeepAlive(ClientIdentity identity, TimeSpan asked)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var bounded = identity is { Role: ClientRole.ScalableApplication, InstanceId: null };
        return bounded && (asked == TimeSpan.Zero || asked > ScalableApplicationKeepAlive) ? ScalableApplicationKeepAlive : asked;
    }
}
