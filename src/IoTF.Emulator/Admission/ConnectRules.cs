using System.Text.Unicode;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Wills;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Rules;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Admission;

/// <summary>Who may connect (protocol.md §2, §3, §9): what the service answers to a CONNECT.</summary>
internal sealed class ConnectRules(OrganizationRegistry registry, EmulatorOptions options)
{
    // Room for the CONNACK of this emulator with all its properties.
    private const uint SmallestPacketSize = 40;

    /// <summary>Judges a CONNECT.</summary>
    /// <param name="connect">The packet.</param>
    /// <param name="version">The version of MQTT it is in.</param>
    /// <param name="secure">Whether it came over TLS.</param>
    /// <param name="serverName">The host name the client asked for in the TLS handshake; null without one.</param>
    /// <param name="refused">Why not; null when the client is let in.</param>
    /// <returns>The client that is let in; null when it is not.</returns>
    public AdmittedClient? Judge(MqttConnectPacket connect, MqttVersion version, bool secure, string? serverName, out ConnectRefused? refused)
    {
        Organization? organization = null;
        Principal? principal = null;
        refused = RefuseIdentity(connect, version, out var identity)
            ?? RefuseMethod(connect)
            ?? RefusePacketSize(connect)
            ?? RefuseOrganization(identity!, secure, serverName, out organization)
            ?? RefuseSession(connect, identity!, organization!)
            ?? RefuseCredentials(connect, identity!, organization!, out principal)
            ?? RefuseWill(connect, principal!);
        if (refused is not null)
        {
            refused = refused with { Identity = identity, Organization = organization };
            return null;
        }

        return new AdmittedClient
        {
            Principal = principal!,
            CleanSession = connect.CleanSession,
            SessionExpiry = SessionExpiry(connect, version, principal!),
            KeepAlive = ServiceLimits.EffectiveKeepAlive(identity!, TimeSpan.FromSeconds(connect.KeepAlivePeriod)),
            ReceiveMaximum = version == MqttVersion.V5 && connect.ReceiveMaximum > 0 ? connect.ReceiveMaximum : ushort.MaxValue,
            MaximumPacketSize = MaximumPacketSize(connect),

            // A will for a device that the client may not act for is dropped, and the client is let in (protocol.md §2.6).
            Will = connect.WillFlag && principal!.JudgePublish(connect.WillTopic, register: false) is null ? LastWill.Of(connect, organization!.Options) : null,
        };
    }

    /// <summary>The largest packet that a client takes: as large as packets can be, unless it says so in MQTT 5.</summary>
    public static uint MaximumPacketSize(MqttConnectPacket? connect) => connect is { MaximumPacketSize: > 0 and var most } ? most : uint.MaxValue;

    /// <summary>How long a MQTT 5 session outlives its connection, bounded by the service (protocol.md §2.6).</summary>
    public TimeSpan BoundedExpiry(uint seconds)
    {
        var asked = TimeSpan.FromSeconds(seconds);
        return asked < options.MaximumSessionExpiry ? asked : options.MaximumSessionExpiry;
    }

    private static ConnectRefused? RefuseIdentity(MqttConnectPacket connect, MqttVersion version, out ClientIdentity? identity)
    {
        identity = null;
        if (version != MqttVersion.V5 && connect.Password is not null && connect.Username is null)
        {
            return ConnectRefused.Silently(CloseReason.PasswordWithoutUserName, reasonCode: null);
        }

        if (ClientIdentity.TryParse(connect.ClientId ?? "", out identity, out var rejection))
        {
            return null;
        }

        return rejection == ClientIdRejection.IdentifierRejected
            ? ConnectRefused.ClientIdRejected("A part of the client ID has characters or a length that are not allowed.")
            : ConnectRefused.NotAuthorized("The client ID matches no known format.");
    }

    /// <summary>Tokens are all the service knows; a server may answer another method with this code (MQTT-5.0 §4.12).</summary>
    private static ConnectRefused? RefuseMethod(MqttConnectPacket connect) => connect.AuthenticationMethod is { } method
        ? ConnectRefused.NotAuthorized($"The authentication method {Quotation.Of(method)} is not known: clients connect with user name and token.")
        : null;

    /// <summary>Even the CONNACK would be larger than the client takes, so that it cannot be answered.</summary>
    private static ConnectRefused? RefusePacketSize(MqttConnectPacket connect) => MaximumPacketSize(connect) is var most && most < SmallestPacketSize
        ? ConnectRefused.Silently(CloseReason.MessageTooLarge, reasonCode: null) with { Words = $"The client takes packets of {most} bytes, and a CONNACK is larger." }
        : null;

    private ConnectRefused? RefuseOrganization(ClientIdentity identity, bool secure, string? serverName, out Organization? organization)
    {
        if (!registry.TryGet(identity.Organization, out organization))
        {
            return ConnectRefused.NotAuthorized($"The organization {Quotation.Of(identity.Organization)} is not known.");
        }

        if (OrganizationOf(serverName) is { } named && named != identity.Organization)
        {
            return ConnectRefused.NotAuthorized($"The host name of the TLS handshake belongs to the organization {Quotation.Of(named)}.");
        }

        if (secure && identity.IsQuickstart)
        {
            return ConnectRefused.NotAuthorized("Quickstart has no TLS.");
        }

        if (!secure && !organization.Options.AllowInsecure)
        {
            return ConnectRefused.NotAuthorized($"The organization {Quotation.Of(identity.Organization)} requires TLS, and the connection has none.");
        }

        return null;
    }

    private static ConnectRefused? RefuseSession(MqttConnectPacket connect, ClientIdentity identity, Organization organization)
    {
        if (connect.CleanSession)
        {
            return null;
        }

        if (identity is { Role: ClientRole.ScalableApplication, InstanceId: null })
        {
            return ConnectRefused.NotAuthorized("A scalable application without an instance ID cannot have a persistent session.");
        }

        return organization.Options.AllowPersistent
            ? null
            : ConnectRefused.NotAuthorized($"The organization {Quotation.Of(identity.Organization)} has no persistent sessions (292).");
    }

    private ConnectRefused? RefuseCredentials(MqttConnectPacket connect, ClientIdentity identity, Organization organization, out Principal? principal)
    {
        if (identity.IsQuickstart)
        {
            principal = new Principal { Identity = identity, Organization = organization };
            return connect.Username is null && connect.Password is null
                ? null
                : ConnectRefused.NotAuthorized("Quickstart has no users: its clients connect without user name and token.") with { IsFailedLogin = true };
        }

        principal = organization.Authenticate(identity, connect.Username, connect.Password);
        if (principal is not null)
        {
            return null;
        }

        return connect.Username is null || connect.Password is null
            ? ConnectRefused.NotAuthorized("The user name or the token is missing.")
            : ConnectRefused.NotAuthorized("The operation is not authorized: the client is not registered, or the user name or the token is wrong.") with
            {
                IsFailedLogin = true,
                Exactly = LoginFailure.Describe(registry, organization, identity, connect.Username),
            };
    }

    private static ConnectRefused? RefuseWill(MqttConnectPacket connect, Principal principal)
    {
        if (!connect.WillFlag)
        {
            return null;
        }

        if (principal.JudgePublish(connect.WillTopic ?? "", register: false) is { IsAboutTopic: true } reason)
        {
            return ConnectRefused.Silently(reason, MqttConnectReasonCode.TopicNameInvalid) with
            {
                Words = $"{reason.Words} The last will is for {Quotation.Of(connect.WillTopic)}.",
            };
        }

        if (connect.WillPayloadFormatIndicator == MqttPayloadFormatIndicator.CharacterData && !Utf8.IsValid(connect.WillMessage))
        {
            return ConnectRefused.Silently(CloseReason.PayloadNotUtf8, MqttConnectReasonCode.PayloadFormatInvalid);
        }

        return connect.WillMessage?.Length > principal.Organization.Options.MaximumPayload
            ? ConnectRefused.Silently(CloseReason.MessageTooLarge, MqttConnectReasonCode.PacketTooLarge)
            : null;
    }

    private TimeSpan SessionExpiry(MqttConnectPacket connect, MqttVersion version, Principal client)
    {
        // Nobody can come back to a session that is found by a hidden suffix.
        if (!client.Organization.Options.AllowPersistent || client.Identity is { Role: ClientRole.ScalableApplication, InstanceId: null })
        {
            return TimeSpan.Zero;
        }

        return version == MqttVersion.V5
            ? BoundedExpiry(connect.SessionExpiryInterval)
            : connect.CleanSession ? TimeSpan.Zero : Timeout.InfiniteTimeSpan;
    }

    // The service's host names are organization.messaging.domain (protocol.md §1); localhost and addresses name none.
    private static string? OrganizationOf(string? serverName) =>
        serverName?.Split('.', 3) is [var organization, "messaging", _] ? organization : null;
}
