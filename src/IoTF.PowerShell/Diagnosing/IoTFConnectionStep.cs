using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTF.Client.Diagnosing;
using IoTF.Mqtt.Transport;
using IoTF.Protocol.Rules;

namespace IoTF.PowerShell.Diagnosing;

/// <summary>One step of <c>Test-IoTFConnection</c>.</summary>
public sealed class IoTFConnectionStep
{
    private readonly StepReport _report;

    internal IoTFConnectionStep(StepReport report, string? clientId, string? hostName, int? port)
    {
        _report = report;
        ClientId = clientId;
        HostName = hostName;
        Port = port;
    }

    /// <summary>
    /// <c>Configuration</c>, <c>Name resolution</c>, <c>TCP</c>, <c>Other ports</c>, <c>Proxy</c>, <c>TLS</c>, <c>WebSocket</c>, <c>CONNACK</c>,
    /// <c>Subscribe</c>, <c>Publish</c> or <c>Disconnect</c>.
    /// </summary>
    public string Step => _report.Step;

    /// <summary><c>Passed</c>, <c>Information</c>, <c>Warning</c>, <c>Failed</c> or <c>Skipped</c>.</summary>
    public string Result => _report.Result.ToString();

    /// <summary>How long it took; zero when it was not tried.</summary>
    public TimeSpan Duration => _report.Took;

    /// <summary>What was found.</summary>
    public string Detail => _report.Detail;

    /// <summary>What to do next; empty when nothing is wrong.</summary>
    public string Advice => _report.Advice;

    /// <summary>The id of the error that <c>Connect-</c> would end with; null when nothing failed.</summary>
    public string? ErrorId => _report.FaultId;

    /// <summary>Who would connect; null when the configuration does not tell.</summary>
    public string? ClientId { get; }

    /// <summary>The host; null when the configuration does not tell.</summary>
    public string? HostName { get; }

    /// <summary>The port; null when the configuration does not tell.</summary>
    public int? Port { get; }

    /// <summary>The version of TLS, such as <c>1.2</c>; null for other steps and when no version was agreed on.</summary>
    public string? TlsVersion => _report.Tls?.Protocol switch
    {
        SslProtocols.Tls12 => "1.2",
        SslProtocols.Tls13 => "1.3",
        _ => null,
    };

    /// <summary>The cipher suite, by its IANA name; null as <see cref="TlsVersion"/>.</summary>
    public string? CipherSuite => _report.Tls?.CipherSuite;

    /// <summary>The certificates that the server sent, its own first.</summary>
    public X509Certificate2[] Certificates => [.. _report.Tls?.Certificates ?? []];

    /// <summary>The subject of the authority that a file for <c>-CACertificate</c> would have to contain: the end of the chain that was sent, or its issuer.</summary>
    public string? AuthoritySubject => Topmost is { } top ? Quotation.Harmless(IsAuthority ? top.Subject : top.Issuer) : null;

    /// <summary>The SHA-256 thumbprint of that authority's certificate; null when the server did not send it.</summary>
    public string? AuthorityThumbprint => IsAuthority ? Topmost!.GetCertHashString(HashAlgorithmName.SHA256) : null;

    /// <summary>That certificate as PEM, to be compared and saved; null when the server did not send it.</summary>
    public string? AuthorityPem => IsAuthority ? Topmost!.ExportCertificatePem() : null;

    /// <summary>The topmost certificate that the server sent, as PEM; the authority's, or what it has issued.</summary>
    public string? TopmostPem => Topmost?.ExportCertificatePem();

    private X509Certificate2? Topmost => _report.Tls?.Topmost;

    private bool IsAuthority => Topmost is { } top && TlsObservation.IsSelfIssued(top);

    /// <summary>Step and result.</summary>
    public override string ToString() => $"{Step}: {Result}";
}
