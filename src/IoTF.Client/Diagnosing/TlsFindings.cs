using System.Globalization;
using System.Security.Authentication;
using IoTF.Client.Connecting;
using IoTF.Mqtt.Transport;

namespace IoTF.Client.Diagnosing;

/// <summary>Says what was seen of a TLS handshake.</summary>
internal static class TlsFindings
{
    public static StepOutcome PlainText { get; } = StepOutcome.Warning(
        "The connection is not encrypted: credentials and data can be read on the way.", "Omit -Insecure if the service offers TLS.");

    /// <summary>Version, cipher suite, certificate and its end.</summary>
    public static StepOutcome Of(TlsObservation seen, TimeProvider clock)
    {
        var certificate = seen.Certificates[0];
        var detail = $"{VersionName(seen.Protocol)}, {seen.CipherSuite}; '{certificate.Subject}' of '{certificate.Issuer}', valid until {certificate.NotAfter.ToUniversalTime():u}.";
        return certificate.NotAfter.ToUniversalTime() - clock.GetUtcNow().UtcDateTime < ClientCertificate.ExpiryNotice
            ? StepOutcome.Warning(detail, "The server's certificate expires soon: renew it.")
            : StepOutcome.Passed(detail);
    }

    /// <summary>The version as administrators write it.</summary>
    public static string VersionName(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls12 => "TLS 1.2",
        SslProtocols.Tls13 => "TLS 1.3",
        _ => string.Create(CultureInfo.InvariantCulture, $"{protocol}"),
    };
}
