using System.Security.Cryptography;
using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using IoTF.Protocol.Connecting;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Client.Connecting;

/// <summary>A connection on which the service has accepted the client.</summary>
/// <param name="Link">The link; its owner closes it.</param>
/// <param name="SessionPresent">Whether the service kept the session of an earlier connection.</param>
/// <param name="ReceiveMaximum">How many unacknowledged messages the service takes (MQTT 5; 65,535 when it does not say).</param>
/// <param name="KeepAlive">The keep-alive that is in force: the service's when it sets one (MQTT 5).</param>
/// <param name="MaximumPacketSize">The largest packet the service takes, in bytes (MQTT 5; null when it does not say).</param>
/// <param name="MaximumQualityOfService">The highest QoS the service takes (MQTT 5; 2 when it does not say).</param>
/// <param name="SessionExpiry">How long the service keeps the session when the client is away (MQTT 5); null when that is not known.</param>
internal sealed record AcceptedConnection(
    Link Link,
    bool SessionPresent,
    int ReceiveMaximum,
    TimeSpan KeepAlive,
    uint? MaximumPacketSize,
    QualityOfService MaximumQualityOfService,
    TimeSpan? SessionExpiry);

/// <summary>Makes one connection: network, proxy, TLS, WebSocket, CONNECT, CONNACK, within the time limit.</summary>
internal static class Handshake
{
    /// <summary>How many messages of QoS 1 and 2 the service may send before the first is acknowledged (MQTT 5).</summary>
    internal const int ReceiveMaximum = 1000;

    /// <summary>The largest packet taken from the service: the largest payload with room for topic and properties, many times over.</summary>
    internal const int MaximumPacketSize = 16 * 1024 * 1024;

    /// <summary>The limit of .NET for one look-up of revocation; it counts even when nobody waits for the look-up any more.</summary>
    private static readonly TimeSpan LongestDownload = TimeSpan.FromSeconds(15);

    /// <summary>Connects.</summary>
    /// <exception cref="FaultException">It failed; the fault says why.</exception>
    /// <exception cref="OperationCanceledException">The caller's token fired.</exception>
    public static async Task<AcceptedConnection> ConnectAsync(SessionOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await ConnectOnceAsync(options, clock, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new FaultException(TimedOut(options));
        }
        catch (LinkException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new FaultException(LinkFaults.WhileConnecting(exception, options), exception);
        }
    }

    private static async Task<AcceptedConnection> ConnectOnceAsync(SessionOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var target = TargetOf(options);
        var stream = await Dialer.DialAsync(target, cancellationToken, clock).ConfigureAwait(false);
        return await LogInAsync(stream, options, clock, target, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where the options lead, and how.</summary>
    internal static DialTarget TargetOf(SessionOptions options)
    {
        var tls = options.Endpoint.Secure
            ? new TlsDemands
            {
                ServerName = options.TlsServerName,
                Protocols = options.TlsProtocols,
                TrustedAuthorities = options.TrustedAuthorities,
                RevocationMode = options.RevocationMode,
                DownloadLimit = options.ConnectTimeout < LongestDownload ? options.ConnectTimeout : LongestDownload,
                ClientCertificate = options.ClientCertificate,
                ClientCertificateIssuers = options.ClientCertificateIssuers,
            }
            : null;
        return new DialTarget(options.Endpoint.HostName, options.Endpoint.Port, tls)
        {
            TcpKeepAlive = options.KeepAlive <= TimeSpan.Zero,
            Proxy = options.Proxy,
            WebSocket = options.WebSocketPath is { } path
                ? new WebSocketDemands(path, options.Version == MqttVersion.V31 ? "mqttv3.1" : "mqtt")
                : null,
        };
    }

    /// <summary>Sends CONNECT on a stream that leads to the service, and takes its answer.</summary>
    /// <exception cref="FaultException">The service refuses.</exception>
    /// <exception cref="LinkException">The connection ended, or what arrived was no answer.</exception>
    internal static async Task<AcceptedConnection> LogInAsync(Stream stream, SessionOptions options, TimeProvider clock, DialTarget target, CancellationToken cancellationToken)
    {
        var link = new Link(stream, new LinkOptions
        {
            Version = options.Version,
            MaximumPacketSize = MaximumPacketSize,
            ReadsThroughLargePublish = true,
            Clock = clock,
            Pace = target.Pace,
            Progress = target.Progress,
        });
        try
        {
            SendConnect(link, options);
            var answer = await link.ReadAsync(cancellationToken).ConfigureAwait(false);
            return Judge(answer, link, options);
        }
        catch
        {
            await link.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says who connects, and how.</summary>
    internal static void SendConnect(Link link, SessionOptions options)
    {
        var secret = options.Credential?.RevealSecret();
        try
        {
            link.SendSecret(new MqttConnectPacket
            {
                ClientId = options.Identity.ClientId,
                CleanSession = !options.Persistent,
                KeepAlivePeriod = (ushort)Math.Clamp(options.KeepAlive.TotalSeconds, 0, ushort.MaxValue),
                Username = options.Credential?.UserName,
                Password = secret,
                SessionExpiryInterval = options is { Persistent: true, Version: MqttVersion.V5 }
                    ? (uint)Math.Clamp(options.SessionExpiry.TotalSeconds, 0, uint.MaxValue)
                    : 0,
                RequestProblemInformation = true,
                ReceiveMaximum = ReceiveMaximum,
                MaximumPacketSize = MaximumPacketSize,
                WillFlag = options.Will is not null,
                WillTopic = options.Will?.Topic,
                WillMessage = options.Will?.Payload,
                WillQoS = (MqttQualityOfServiceLevel)(options.Will?.QualityOfService ?? QualityOfService.AtMostOnce),
            });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>Says what the answer to a CONNECT means; null is a connection that ended instead.</summary>
    /// <exception cref="FaultException">The service refuses.</exception>
    /// <exception cref="LinkException">It was no answer.</exception>
    internal static AcceptedConnection Judge(MqttPacket? answer, Link link, SessionOptions options)
    {
        switch (answer)
        {
            case MqttConnAckPacket accepted when CodeOf(accepted, options.Version) == 0:
                return new AcceptedConnection(
                    link,
                    // MQTT 3.1 does not tell; what was not clean counts as kept.
                    options.Version == MqttVersion.V31 ? options.Persistent : accepted.IsSessionPresent,
                    accepted.ReceiveMaximum == 0 ? ushort.MaxValue : accepted.ReceiveMaximum,
                    link.ConnAck?.ServerKeepAlive is { } keepAlive ? TimeSpan.FromSeconds(keepAlive) : options.KeepAlive,
                    accepted.MaximumPacketSize == 0 ? null : accepted.MaximumPacketSize,
                    options.Version == MqttVersion.V5 ? (QualityOfService)accepted.MaximumQoS : QualityOfService.ExactlyOnce,
                    options is { Version: MqttVersion.V5, Persistent: true }
                        ? link.ConnAck?.SessionExpiry is { } expiry ? TimeSpan.FromSeconds(expiry) : options.SessionExpiry
                        : null);
            case MqttConnAckPacket refused:
                throw new FaultException(Refused(refused, options));
            case null:
                throw new LinkException(LinkFailure.ClosedByPeer, "the service closed the connection instead of answering the CONNECT.");
            default:
                throw new LinkException(LinkFailure.Malformed, $"the CONNECT was answered with {answer.GetType().Name}.");
        }
    }

    private static int CodeOf(MqttConnAckPacket answer, MqttVersion version) =>
        version == MqttVersion.V5 ? (int)answer.ReasonCode : (int)answer.ReturnCode;

    private static Fault Refused(MqttConnAckPacket refused, SessionOptions options)
    {
        var refusal = ConnectRefusal.Explain(new ConnectRefusalContext
        {
            Code = (byte)CodeOf(refused, options.Version),
            IsMqtt5 = options.Version == MqttVersion.V5 && ReasonCode.IsFailure((byte)refused.ReasonCode),
            Identity = options.Identity,
            Endpoint = options.Endpoint,
            Persistent = options.Persistent,
            HasCredentials = options.Credential is not null,
            HasClientCertificate = options.ClientCertificate is not null,
            ServerReason = refused.ReasonString,
            ServerReference = refused.ServerReference,
        });
        return new Fault(
            refusal.Id,
            refusal.Id is ConnectRefusalId.ServiceUnavailable or ConnectRefusalId.QuotaExceeded ? FaultCategory.Unavailable : FaultCategory.Authentication,
            refusal.Message,
            string.Join(" ", refusal.Advice),
            CodeOf(refused, options.Version),
            refusal.IsPermanent);
    }

    internal static Fault TimedOut(SessionOptions options) => new(
        FaultIds.ConnectTimeout,
        FaultCategory.Timeout,
        $"{options.Identity.ClientId} got no answer from {options.Endpoint}{(options.Proxy is { } proxy ? $" through the proxy {proxy}" : "")} within {options.ConnectTimeout.TotalSeconds:0.###} s.",
        "Check -HostName and -Port, and whether a firewall drops the connection; -ConnectTimeout sets the limit.");
}
