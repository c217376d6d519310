using System.Globalization;
using System.Net;

namespace IoTF.Mqtt.Proxies;

/// <summary>
/// The proxy that the environment's variables name: <c>HTTPS_PROXY</c>, the variable of proxies that open tunnels, which is what MQTT needs with TLS
/// and without; then <c>ALL_PROXY</c>. In lower case they go first. <c>NO_PROXY</c> lists the hosts that are reached directly.
/// </summary>
public static class EnvironmentProxies
{
    private static readonly string[] Names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

    /// <summary>Whether the environment names a proxy for any host, so that it decides.</summary>
    public static bool AreThere(Func<string, string?> read) => Names.Any(name => !string.IsNullOrWhiteSpace(read(name)));

    /// <summary>Finds the variable that counts for a host.</summary>
    /// <param name="hostName">A DNS name, or an IP address without brackets.</param>
    /// <param name="port">The port.</param>
    /// <param name="read">Reads a variable; null or empty when it is not set.</param>
    /// <returns>The variable's name and value; null when the host is reached directly, as this machine itself always is.</returns>
    public static (string Name, string Value)? Find(string hostName, int port, Func<string, string?> read)
    {
        if (IsLoopback(hostName) || IsBypassed(hostName, port, ValueOf("no_proxy") ?? ValueOf("NO_PROXY") ?? ""))
        {
            return null;
        }

        foreach (var name in Names)
        {
            if (ValueOf(name) is { } value)
            {
                return (name, value);
            }
        }

        return null;

        string? ValueOf(string name) => read(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
    }

    internal static bool IsLoopback(string hostName) =>
        IPAddress.TryParse(hostName, out var address)
            ? IPAddress.IsLoopback(address)
            : hostName.Equals("localhost", StringComparison.OrdinalIgnoreCase) || hostName.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static bool IsBypassed(string hostName, int port, string list)
    {
        foreach (var entry in list.Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (entry == "*" || (IPAddress.TryParse(hostName, out var address) ? IsAddress(entry, address, port) : IsName(entry, hostName, port)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An address or a network (<c>10.0.0.0/8</c>); an address may have a port.</summary>
    private static bool IsAddress(string entry, IPAddress address, int port)
    {
        if (IPNetwork.TryParse(entry, out var network))
        {
            return network.Contains(address);
        }

        return IPAddress.TryParse(entry, out var listed)
            ? listed.Equals(address)
            : IPEndPoint.TryParse(entry, out var endpoint) && endpoint.Address.Equals(address) && endpoint.Port == port;
    }

    /// <summary>A name means itself and what is below it, with or without a dot or a star and a dot before it; it may have a port.</summary>
    private static bool IsName(string entry, string hostName, int port)
    {
        var colon = entry.LastIndexOf(':');
        if (colon >= 0)
        {
            if (!int.TryParse(entry[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var listed) || listed != port)
            {
                return false;
            }

            entry = entry[..colon];
        }

        var domain = entry.TrimStart('*').Trim('.');
        return domain.Length > 0
            && (hostName.Equals(domain, StringComparison.OrdinalIgnoreCase) || hostName.EndsWith($".{domain}", StringComparison.OrdinalIgnoreCase));
    }
}
