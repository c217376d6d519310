using System.Security.Authentication;
using IoTF.Protocol.Limits;

namespace IoTF.Emulator;

/// <summary>How a local service is set up.</summary>
public sealed record EmulatorOptions
{
    /// <summary>The organization that exists from the start unless another is named: <c>local1</c>, six characters as the service makes them.</summary>
    public const string DefaultOrganization = "local1";

    /// <summary>The port for TLS that is tried first, as at the service (protocol.md §1.1).</summary>
    public const int DefaultPort = 8883;

    /// <summary>The port for plain text that is tried first, as at the service (protocol.md §1.1).</summary>
    public const int DefaultPlainPort = 1883;

    /// <summary>The organization that exists from the start, and that registrations without one belong to.</summary>
    public string Organization { get; init; } = DefaultOrganization;

    /// <summary>The port for TLS: null for 8883 if it is free and else any free one, 0 for any free one, or exactly the one given.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// Whether plain text is offered as well, to quickstart and to every organization that is not configured otherwise
    /// (<see cref="OrganizationOptions.AllowInsecure"/>). Credentials and data are not encrypted there.
    /// </summary>
    public bool OfferPlainText { get; init; }

    /// <summary>The port for plain text, when it is offered: null for 1883 if it is free and else any free one, 0 for any free one, or exactly the one given.</summary>
    public int? PlainPort { get; init; }

    /// <summary>The versions of TLS that are offered: 1.2 only, as at the service (protocol.md §1.1).</summary>
    public SslProtocols TlsVersions { get; init; } = SslProtocols.Tls12;

    /// <summary>The most bytes of a payload in an organization that was not configured otherwise (<see cref="OrganizationOptions.MaximumPayload"/>).</summary>
    public int MaximumPayload { get; init; } = ServiceLimits.MaximumPayload;

    /// <summary>How many messages wait for one client before the oldest is dropped (protocol.md §2.6).</summary>
    public int QueueLength { get; init; } = ServiceLimits.SubscriptionBuffer;

    /// <summary>How many messages wait for the members of a scalable application, for each filter they share (protocol.md §2.5).</summary>
    public int SharedQueueLength { get; init; } = ServiceLimits.SharedSubscriptionBuffer;

    /// <summary>How long a message waits for an application (protocol.md §2.6).</summary>
    public TimeSpan EventLifetime { get; init; } = ServiceLimits.EventLifetime;

    /// <summary>How long a message waits for a device or gateway (protocol.md §2.6).</summary>
    public TimeSpan CommandLifetime { get; init; } = ServiceLimits.CommandLifetime;

    /// <summary>How many bytes of payload wait for one client, or in one shared subscription, before the oldest message is dropped: a bound of this emulator, which keeps them in memory.</summary>
    public long QueueBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// How many bytes all clients of one organization can make the service keep: messages, subscriptions, retained messages and last wills. A bound of
    /// this emulator; whoever keeps most is held back first.
    /// </summary>
    public long OrganizationBytes { get; init; } = 96L * 1024 * 1024;

    /// <summary>How many persistent sessions the applications of one API key may have: a bound of this emulator.</summary>
    public int SessionsPerApiKey { get; init; } = 500;

    /// <summary>How many connections the applications of one API key may have, or all clients of quickstart: a bound of this emulator.</summary>
    public int ConnectionsPerApiKey { get; init; } = 500;

    /// <summary>
    /// How long publishers are slowed down for a client with a full queue that takes nothing at all. Then its oldest messages are dropped
    /// and the other receivers are served.
    /// </summary>
    public TimeSpan SlowClientPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a new connection may take for the TLS handshake and its CONNECT together before it is closed with code 164 (protocol.md §2.6).</summary>
    public TimeSpan ConnectDeadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time a MQTT 5 session outlives its connection: seven days, as long as the service keeps what waits in it (protocol.md §2.6).</summary>
    public TimeSpan MaximumSessionExpiry { get; init; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The file that keeps registrations and persistent sessions over a restart, and beside it, with <c>.authority.pem</c> added to its name,
    /// the authority; null to keep nothing. Where the file names another organization than <see cref="Organization"/>'s default, that one is taken.
    /// </summary>
    public string? StatePath { get; init; }

    /// <summary>How many refusals <see cref="LocalEmulator.Refusals"/> remembers; older ones are forgotten first.</summary>
    public int RefusalsKept { get; init; } = 1_000;

    /// <summary>The clock behind deadlines, keep-alives and times of day.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
