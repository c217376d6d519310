using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Rules;
using MQTTnet.Packets;

namespace IoTF.Emulator.Admission;

/// <summary>Who may connect (protocol.md §2, §3): what the service answers to a CONNECT.</summary>
internal sealed class ConnectRules(OrganizationRegistry registry, EmulatorOptions options)
{
    /// <summary>Judges a CONNECT.</summary>
    /// <param name="connect">The packet.</param>
    /// <param name="version">The version of MQTT it is in.</param>
    /// <param name="serverName">The host name the client asked for in the TLS handshake; null without one.</param>
    /// <param name="refused">Why not; null when the client is let in.</param>
    /// <returns>The client that is let in; null when it is not.</returns>
    public AdmittedClient? Judge(MqttConnectPacket connect, MqttVersion version, string? serverName, out ConnectRefused? refused)
    {
        refused = null;
        if (version != MqttVersion.V5 && connect.Password is not null && connect.Username is null)
        {
            refused = ConnectRefused.Silently(CloseReason.PasswordWithoutUserName, reasonCode: null);
        }
        else if (!ClientIdentity.TryParse(connect.ClientId ?? "", out var identity, out var rejection))
        {
            refused = rejection == ClientIdRejection.IdentifierRejected
                ? ConnectRefused.ClientIdRejected("A part of the client ID has characters or a length that are not allowed.")
                : ConnectRefused.NotAuthorized("The client ID has not the form of any role.");
        }
        else if (!registry.TryGet(identity.Organization, out var organization))
        {
            refused = ConnectRefused.NotAuthorized($"The organization {Quotation.Of(identity.Organization)} is not known.");
        }
        else if (OrganizationOf(serverName) is { } named && named != identity.Organization)
        {
            refused = ConnectRefused.NotAuthorized($"The host name of the TLS handshake belongs to the organization {Quotation.Of(named)}.");
        }
        else if (identity is { Role: ClientRole.ScalableApplication, InstanceId: null } && !connect.CleanSession)
        {
            refused = ConnectRefused.NotAuthorized("A scalable application without an instance ID cannot have a persistent session.");
        }
        else if (!organization.Authenticates(identity, connect.Username, connect.Password))
        {
            refused = ConnectRefused.NotAuthorized(connect.Username is null || connect.Password is null
                ? "The user name or the token is missing."
                : "The operation is not authorized: the client is not registered, or the user name or the token is wrong.");
        }
        else
        {
            return new AdmittedClient
            {
                Identity = identity,
                Organization = organization,
                CleanSession = connect.CleanSession,
                SessionExpiry = SessionExpiry(connect, version),
                KeepAlive = ServiceLimits.EffectiveKeepAlive(identity, TimeSpan.FromSeconds(connect.KeepAlivePeriod)),
                ReceiveMaximum = version == MqttVersion.V5 && connect.ReceiveMaximum > 0 ? connect.ReceiveMaximum : ushort.MaxValue,
            };
        }

        return null;
    }

    /// <summary>How long a MQTT 5 session outlives its connection, bounded by the service (protocol.md §2.6).</summary>
    public TimeSpan BoundedExpiry(uint seconds)
    {
        var asked = TimeSpan.FromSeconds(seconds);
        return asked < options.MaximumSessionExpiry ? asked : options.MaximumSessionExpiry;
    }

    private TimeSpan SessionExpiry(MqttConnectPacket connect, MqttVersion version) => version switch
    {
        MqttVersion.V5 => BoundedExpiry(connect.SessionExpiryInterval),
        _ => connect.CleanSession ? TimeSpan.Zero : Timeout.InfiniteTimeSpan,
    };

    // The service's host names are organization.messaging.domain (protocol.md §1); localhost and addresses name none.
    private static string? OrganizationOf(string? serverName) =>
        serverName?.Split('.', 3) is [var organization, "messaging", _] ? organization : null;
}
