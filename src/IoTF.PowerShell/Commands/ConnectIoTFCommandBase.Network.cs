using System.Management.Automation;
using System.Net;
using IoTF.Client.Sessions;
using IoTF.Mqtt.Proxies;
using IoTF.PowerShell.Errors;

namespace IoTF.PowerShell.Commands;

/// <content>The way to the service: WebSocket and proxies.</content>
public abstract partial class ConnectIoTFCommandBase
{
    private const string DefaultWebSocketPath = "/mqtt";

    /// <summary>Carries MQTT in a WebSocket, for networks that let nothing else through; the ports are those of MQTT (protocol.md §1.3).</summary>
    [Parameter]
    public SwitchParameter WebSocket { get; set; }

    /// <summary>The path of the WebSocket, which implies <c>-WebSocket</c>. Default: <c>/mqtt</c>; the service accepts any.</summary>
    [Parameter]
    [ValidatePattern(@"^/[\x21-\x7E]*\z")]
    public string? WebSocketPath { get; set; }

    /// <summary>
    /// The proxy: <c>http://</c>, <c>https://</c> or <c>socks5://</c> with host and port. Unless given, HTTPS_PROXY and then ALL_PROXY of the environment
    /// count for hosts that are not in NO_PROXY and not this machine; without them, on Windows and macOS, the proxy of the system's settings.
    /// </summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? Proxy { get; set; }

    /// <summary>User name and password for the proxy.</summary>
    [Parameter]
    [Credential]
    [ValidateNotNull]
    public PSCredential? ProxyCredential { get; set; }

    /// <summary>Authenticates at the proxy as the user who runs this (Negotiate, NTLM).</summary>
    [Parameter]
    public SwitchParameter ProxyUseDefaultCredentials { get; set; }

    /// <summary>Connects directly, whatever the environment and the system's settings say.</summary>
    [Parameter]
    public SwitchParameter NoProxy { get; set; }

    private SessionOptions WithNetwork(SessionOptions options) => options with
    {
        WebSocketPath = WebSocketPath ?? (WebSocket ? DefaultWebSocketPath : null),
        Proxy = FindProxy(options),
        ClientCertificate = _clientCertificate?.Certificate,
        ClientCertificateIssuers = _clientCertificate is { Issuers: { Count: > 0 } issuers } ? issuers : null,
    };

    private ProxyServer? FindProxy(SessionOptions options)
    {
        if (NoProxy)
        {
            return Proxy is null
                ? null
                : throw Refuse(ErrorIds.InvalidProxy, "Both -Proxy and -NoProxy were given.", "Use one of them.");
        }

        if (ProxyCredential is not null && ProxyUseDefaultCredentials)
        {
            throw Refuse(ErrorIds.InvalidProxy, "Both -ProxyCredential and -ProxyUseDefaultCredentials were given.", "Use one of them.");
        }

        var (source, address) = Proxy is not null ? ("-Proxy", Proxy.OriginalString) : FindConfiguredProxy(options);
        if (address is null)
        {
            return null;
        }

        // The text is not repeated, because it may hold a password.
        if (!ProxyServer.TryParse(address, out var proxy))
        {
            throw Refuse(
                ErrorIds.InvalidProxy,
                $"{source} is not a valid proxy.",
                "Use http://, https:// or socks5:// with host and port, such as http://proxy.example.com:3128; -NoProxy connects directly.");
        }

        return proxy with
        {
            Credential = ProxyCredential is null ? proxy.Credential : ProxyServer.CredentialOf(ProxyCredential.UserName, ProxyCredential.GetNetworkCredential().Password),
            UseDefaultCredentials = ProxyUseDefaultCredentials,
        };
    }

    /// <summary>The proxy of the environment or, where there is none, of the system.</summary>
    private (string Source, string? Address) FindConfiguredProxy(SessionOptions options)
    {
        var (hostName, port) = (options.Endpoint.HostName, options.Endpoint.Port);
        if (EnvironmentProxies.Find(hostName, port, Environment.GetEnvironmentVariable) is { } variable)
        {
            return ($"The environment variable {variable.Name}", variable.Value);
        }

        if (EnvironmentProxies.AreThere(Environment.GetEnvironmentVariable) || !(OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()))
        {
            return default;
        }

        try
        {
            // A script of the settings is downloaded and run for this, which knows no cancellation.
            return ("The proxy of the system's settings",
                Await(Task.Run(() => SystemProxies.Find(HttpClient.DefaultProxy, hostName, port)).WaitAsync(options.ConnectTimeout, StopToken)));
        }
        catch (TimeoutException)
        {
            throw Refuse(
                ErrorIds.InvalidProxy,
                $"The proxy of the system's settings could not be found out within {options.ConnectTimeout.TotalSeconds:0.###} s.",
                "Give the proxy with -Proxy; -NoProxy connects directly.");
        }
    }
}
