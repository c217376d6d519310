using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace IoTF.Mqtt.Proxies;

/// <summary>What a proxy speaks.</summary>
public enum ProxyKind
{
    /// <summary>HTTP, which opens tunnels by CONNECT (RFC 9110 §9.3.6).</summary>
    Http,

    /// <summary>The same over TLS.</summary>
    Https,

    /// <summary>SOCKS 5 (RFC 1928); the proxy resolves the names.</summary>
    Socks5,
}

/// <summary>A proxy that connections go through.</summary>
public sealed record ProxyServer
{
    /// <summary>What it speaks.</summary>
    public required ProxyKind Kind { get; init; }

    /// <summary>A DNS name, or an IP address without brackets.</summary>
    public required string HostName { get; init; }

    /// <summary>The TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>User name and password; null for none.</summary>
    public NetworkCredential? Credential { get; init; }

    /// <summary>Whether the user who runs this process is the one who authenticates (Negotiate, NTLM).</summary>
    public bool UseDefaultCredentials { get; init; }

    /// <summary>
    /// Reads <c>http://</c>, <c>https://</c> or <c>socks5://</c> with host, port (80, 443 and 1080 unless given) and, before an <c>@</c>, user and
    /// password; without a scheme, HTTP is meant, as in the environment's variables.
    /// </summary>
    /// <param name="address">The text.</param>
    /// <param name="proxy">The proxy; null when the text is none.</param>
    /// <returns>Whether it is one. What it is not is left to the caller to say, without repeating a text that may hold a password.</returns>
    public static bool TryParse(string? address, [NotNullWhen(true)] out ProxyServer? proxy)
    {
        proxy = null;
        var text = (address ?? "").Trim();
        if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}", UriKind.Absolute, out var uri)
            || uri.IdnHost.Length == 0 || uri.PathAndQuery is not ("" or "/") || uri.Fragment.Length > 0)
        {
            return false;
        }

        (ProxyKind Kind, int Port)? spoken = uri.Scheme switch
        {
            "http" => (ProxyKind.Http, 80),
            "https" => (ProxyKind.Https, 443),
            "socks5" or "socks5h" => (ProxyKind.Socks5, 1080),
            _ => null,
        };
        if (spoken is not { } found || uri.Port == 0)
        {
            return false;
        }

        proxy = new ProxyServer
        {
            Kind = found.Kind,
            HostName = uri.IdnHost,
            Port = uri.Port > 0 ? uri.Port : found.Port,
            Credential = CredentialOf(uri.UserInfo),
        };
        return true;
    }

    /// <summary>User name and password, with the domain of <c>DOMAIN\user</c> apart, which is how Windows takes them.</summary>
    public static NetworkCredential CredentialOf(string userName, string password)
    {
        var slash = userName.IndexOf('\\');
        return slash > 0 ? new NetworkCredential(userName[(slash + 1)..], password, userName[..slash]) : new NetworkCredential(userName, password);
    }

    /// <summary>The user name for schemes that know no domains: as it was given.</summary>
    internal string LoginName => Credential is { Domain.Length: > 0 } credential ? $@"{credential.Domain}\{credential.UserName}" : Credential?.UserName ?? "";

    /// <summary>Whether both are the same proxy, used by the same user with the same password.</summary>
    public bool Equals(ProxyServer? other) =>
        other is not null
        && (Kind, HostName, Port, UseDefaultCredentials) == (other.Kind, other.HostName, other.Port, other.UseDefaultCredentials)
        && (Credential?.UserName, Credential?.Domain, Credential?.Password) == (other.Credential?.UserName, other.Credential?.Domain, other.Credential?.Password);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, HostName, Port);

    /// <summary>Scheme, host and port; never user or password.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Kind.ToString().ToLowerInvariant()}://{(HostName.Contains(':') ? $"[{HostName}]" : HostName)}:{Port}");

    private static NetworkCredential? CredentialOf(string userInfo)
    {
        if (userInfo.Length == 0)
        {
            return null;
        }

        var colon = userInfo.IndexOf(':');
        return colon < 0
            ? CredentialOf(Uri.UnescapeDataString(userInfo), "")
            : CredentialOf(Uri.UnescapeDataString(userInfo[..colon]), Uri.UnescapeDataString(userInfo[(colon + 1)..]));
    }
}
