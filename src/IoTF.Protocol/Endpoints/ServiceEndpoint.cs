using System.Globalization;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Endpoints;

/// <summary>Where the service listens and whether the way to it is encrypted.</summary>
public sealed record ServiceEndpoint
{
    /// <summary>The domain of the public cloud service (protocol.md §1.1).</summary>
    public const string DefaultDomain = "internetofthings.ibmcloud.com";

    /// <summary>The port for MQTT over TLS (protocol.md §1.1).</summary>
    public const int DefaultSecurePort = 8883;

    /// <summary>The port for MQTT in plain text (protocol.md §1.1).</summary>
    public const int DefaultInsecurePort = 1883;

    /// <summary>Makes an endpoint.</summary>
    /// <param name="hostName">A DNS name, or an IP address without brackets.</param>
    /// <param name="port">1 to 65,535.</param>
    /// <param name="secure">True for TLS.</param>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidHostName"/> or <see cref="RuleId.InvalidPort"/>.</exception>
    public ServiceEndpoint(string hostName, int port, bool secure)
    {
        HostName = HostNameRules.RequireHostName(hostName);
        Port = RequirePort(port);
        Secure = secure;
    }

    /// <summary>A DNS name, or an IP address without brackets.</summary>
    public string HostName { get; }

    /// <summary>The TCP port, 1 to 65,535.</summary>
    public int Port { get; }

    /// <summary>True when TLS is spoken from the first byte; false for plain text.</summary>
    public bool Secure { get; }

    /// <summary>
    /// Finds the endpoint of an organization: <c>organization.messaging.internetofthings.ibmcloud.com</c>; a domain replaces what follows
    /// <c>organization.messaging.</c>, a host name and a port replace all (protocol.md §1). Nothing but <paramref name="insecure"/> leads to plain text.
    /// </summary>
    /// <param name="organization">The organization or workspace id.</param>
    /// <param name="domain">The domain of another installation, such as <c>iot.mas.example.com</c>, or null.</param>
    /// <param name="hostName">The whole host name or an IP address, or null.</param>
    /// <param name="port">The port, or null for 8883, or 1883 when insecure.</param>
    /// <param name="insecure">True to give up encryption.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="RuleException">A part is not legal, or quickstart was asked for without saying insecure.</exception>
    public static ServiceEndpoint Resolve(string organization, string? domain, string? hostName, int? port, bool insecure)
    {
        IdentityRules.RequireOrganization(organization);
        if (organization == IdentityRules.QuickstartOrganization && !insecure)
        {
            throw new RuleException(
                RuleId.QuickstartNeedsInsecure,
                "Insecure",
                "Quickstart has no TLS port.",
                "Add -Insecure: quickstart has no TLS. Or use an organization of your own.");
        }

        if (domain is not null)
        {
            RequireNoHost(organization, HostNameRules.RequireDomain(domain));
        }

        if (hostName is not null)
        {
            RequireNoHttpApi(organization, hostName);
        }

        var host = hostName ?? $"{organization}.messaging.{domain ?? DefaultDomain}";
        return new(host, port ?? (insecure ? DefaultInsecurePort : DefaultSecurePort), secure: !insecure);
    }

    /// <summary>The endpoint as <c>host:port</c>, an IPv6 address in brackets.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(HostName.Contains(':') ? $"[{HostName}]" : HostName)}:{Port}");

    /// <summary>A domain with the organization or <c>messaging</c> in front would make a host name that has them twice.</summary>
    private static void RequireNoHost(string organization, string domain)
    {
        const string Messaging = "messaging.";
        var start = domain.StartsWith($"{organization}.{Messaging}", StringComparison.OrdinalIgnoreCase) ? organization.Length + 1 + Messaging.Length
            : domain.StartsWith(Messaging, StringComparison.OrdinalIgnoreCase) ? Messaging.Length
            : IsHttpApi(organization, domain) ? organization.Length + 1
            : 0;
        if (start > 0)
        {
            throw new RuleException(
                RuleId.InvalidDomain,
                "Domain",
                $"{Quotation.Of(domain)} is a host name, and the domain is what follows '{organization}.messaging.' in it.",
                $"Give -Domain {domain[start..]}.");
        }
    }

    private static void RequireNoHttpApi(string organization, string hostName)
    {
        if (IsHttpApi(organization, hostName))
        {
            throw new RuleException(
                RuleId.HostNameIsHttpApi,
                "HostName",
                $"{Quotation.Of(hostName)} is the host of the HTTP API, which does not speak MQTT.",
                $"Give -HostName {organization}.messaging.{hostName[(organization.Length + 1)..]}. For an MQTT server that has this name all the same, give its address, and the name with -TlsServerName.");
        }
    }

    /// <summary>Whether a name is <c>organization.domain</c>, with the public service's domain or one of a Maximo installation (protocol.md §1.1, §1.2).</summary>
    private static bool IsHttpApi(string organization, string name) =>
        name.StartsWith($"{organization}.iot.", StringComparison.OrdinalIgnoreCase)
        || name.Equals($"{organization}.{DefaultDomain}", StringComparison.OrdinalIgnoreCase);

    private static int RequirePort(int port) => port is >= 1 and <= 65535
        ? port
        : throw new RuleException(
            RuleId.InvalidPort,
            "Port",
            string.Create(CultureInfo.InvariantCulture, $"The port {port} does not exist."),
            "Use a number between 1 and 65535; the service listens on 8883 or 443 with TLS, and on 1883 or 80 without.");
}
