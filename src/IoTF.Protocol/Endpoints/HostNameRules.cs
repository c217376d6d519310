using System.Net;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Endpoints;

/// <summary>What a host name and a domain look like (RFC 1123 §2.1, RFC 1035 §2.3.4).</summary>
public static class HostNameRules
{
    private const int MaximumLength = 253;
    private const int MaximumLabelLength = 63;

    private const string HostAdvice =
        "Use the name only, such as main.messaging.iot.mas.example.com, without scheme, port or path; write a name outside ASCII in its xn-- form.";

    /// <summary>Returns the host name without brackets, or says what is wrong with it.</summary>
    /// <param name="hostName">A DNS name, an IPv4 address, or an IPv6 address with or without brackets.</param>
    /// <returns>The name; an IPv6 address without brackets.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidHostName"/>.</exception>
    public static string RequireHostName(string? hostName)
    {
        if (string.IsNullOrEmpty(hostName))
        {
            throw new RuleException(RuleId.InvalidHostName, "HostName", "The host name is empty.", HostAdvice);
        }

        if (TryUnwrapIPv6(hostName, out var address))
        {
            return address;
        }

        if (hostName.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(hostName, UriKind.Absolute, out var uri) && IsName(uri.IdnHost))
        {
            throw new RuleException(
                RuleId.InvalidHostName, "HostName", $"{Quotation.Of(hostName)} is a URL, not a host name.", $"Give the name alone, -HostName {uri.IdnHost}, and a port with -Port.");
        }

        if (!IsName(hostName))
        {
            throw new RuleException(RuleId.InvalidHostName, "HostName", $"{Quotation.Of(hostName)} is not a host name.", HostAdvice);
        }

        return hostName;
    }

    /// <summary>Returns the name that TLS is to expect, an IPv6 address without brackets, or says what is wrong with it.</summary>
    /// <param name="name">A DNS name or an IP address.</param>
    /// <returns>The name.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidTlsServerName"/>.</exception>
    public static string RequireTlsServerName(string name) => TryUnwrapIPv6(name, out var address) ? address : IsName(name)
        ? name
        : throw new RuleException(
            RuleId.InvalidTlsServerName, "TlsServerName", $"{Quotation.Of(name)} is not a name that a certificate can have.", "Give a DNS name or an IP address, as it is in the server's certificate.");

    /// <summary>Returns the domain, or says what is wrong with it.</summary>
    /// <param name="domain">What follows <c>organization.messaging.</c> in the host name.</param>
    /// <returns>The same text.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidDomain"/>.</exception>
    public static string RequireDomain(string? domain) => !string.IsNullOrEmpty(domain) && IsName(domain) && !IPAddress.TryParse(domain, out _)
        ? domain
        : throw new RuleException(
            RuleId.InvalidDomain,
            "Domain",
            string.IsNullOrEmpty(domain) ? "The domain is empty." : $"{Quotation.Of(domain)} is not a domain.",
            "Give what follows '<organization>.messaging.' in the service's host name, such as iot.mas.example.com, or give the whole host name instead.");

    private static bool TryUnwrapIPv6(string hostName, out string address)
    {
        address = hostName is ['[', .., ']'] ? hostName[1..^1] : hostName;
        return address.Contains(':') && IPAddress.TryParse(address, out _);
    }

    private static bool IsName(string name)
    {
        if (name.Length > MaximumLength)
        {
            return false;
        }

        var labels = name.Split('.');
        if (!Array.TrueForAll(labels, IsLabel))
        {
            return false;
        }

        // A name whose last label is a number can only be meant as an IPv4 address (RFC 1123 §2.1), and a short one such as "1.2" is a trap.
        return !labels[^1].All(char.IsAsciiDigit) || (labels.Length == 4 && IPAddress.TryParse(name, out _));
    }

    // The underscore is not legal in a host name, but container networks use it, and a resolver takes it.
    private static bool IsLabel(string label) => label.Length is > 0 and <= MaximumLabelLength
        && label[0] != '-'
        && label[^1] != '-'
        && label.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');
}
