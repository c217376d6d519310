using System.Net;

namespace IoTF.Mqtt.Proxies;

/// <summary>The proxy of the system's settings, a script of theirs (PAC) included: what <c>Invoke-WebRequest</c> uses.</summary>
public static class SystemProxies
{
    /// <summary>Asks the settings.</summary>
    /// <param name="settings"><c>HttpClient.DefaultProxy</c>, unless a test has its own.</param>
    /// <param name="hostName">A DNS name, or an IP address without brackets.</param>
    /// <param name="port">The port.</param>
    /// <returns>The proxy's address; null when the host is reached directly.</returns>
    public static string? Find(IWebProxy settings, string hostName, int port)
    {
        if (EnvironmentProxies.IsLoopback(hostName))
        {
            return null;
        }

        // The settings know no MQTT. What goes through a tunnel is asked for as HTTPS.
        var target = new UriBuilder("https", hostName, port).Uri;
        return settings.IsBypassed(target) || settings.GetProxy(target) is not { } proxy || proxy == target ? null : proxy.OriginalString;
    }
}
