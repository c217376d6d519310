using System.Net;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Connecting;

/// <summary>
/// What "not authorized" can mean. The service gives this one answer for wrong credentials, missing ones, an unknown organization, plain text where
/// TLS is required, a persistent session where none is allowed, and a name in the TLS handshake of another organization (protocol.md §3.3).
/// </summary>
internal static class NotAuthorizedCauses
{
    /// <summary>The causes that can apply, the likeliest first, each with what to check.</summary>
    /// <param name="context">The refused connect.</param>
    /// <returns>At least one sentence.</returns>
    public static IReadOnlyList<string> Find(ConnectRefusalContext context)
    {
        var causes = new List<string>();
        var identity = context.Identity;
        AddCredentials(causes, context);

        if (context.Persistent)
        {
            if (identity.IsQuickstart)
            {
                causes.Add("Quickstart has no persistent sessions: omit -Persistent.");
            }
            else if (identity is { Role: ClientRole.ScalableApplication, InstanceId: null })
            {
                causes.Add("A scalable application without an instance ID cannot be persistent: use -InstanceId, or omit -Persistent.");
            }
            else
            {
                causes.Add("The organization may not allow persistent sessions: omit -Persistent.");
            }
        }

        if (!context.Endpoint.Secure && !identity.IsQuickstart)
        {
            causes.Add("The organization may require TLS: omit -Insecure.");
        }

        if (!identity.IsQuickstart)
        {
            causes.Add($"The organization {Quotation.Of(identity.Organization)} may be unknown to {context.Endpoint}, or disabled: compare it with the service's own pages.");
        }

        if (context.Endpoint.Secure && !NamesOrganization(context))
        {
            causes.Add(
                $"The host name {Quotation.Of(context.Endpoint.HostName)}, which TLS sends to the service, does not begin with '{identity.Organization}.': the service may take another organization from it.");
        }

        return causes;
    }

    private static void AddCredentials(List<string> causes, ConnectRefusalContext context)
    {
        var identity = context.Identity;
        if (identity.IsQuickstart)
        {
            if (context.HasCredentials)
            {
                causes.Add("Quickstart has no credentials: omit token and API key.");
            }
            else if (!context.Persistent)
            {
                causes.Add($"The installation at {context.Endpoint} may not have quickstart: use an organization of your own.");
            }

            return;
        }

        if (!context.HasCredentials)
        {
            causes.Add(identity.IsDeviceOrGateway
                ? context.HasClientCertificate
                    ? "The client certificate may not contain this device, or a token may be required as well: check the name in the certificate, and add -Token."
                    : "No token was given: use -Token with the token that was shown when the device was registered."
                : "No API key was given: use -ApiKey and -Token.");
            return;
        }

        if (identity.IsDeviceOrGateway)
        {
            var noun = identity.Role == ClientRole.Gateway ? "gateway" : "device";
            causes.Add($"The token may be wrong, or belong to another {noun}: a token is shown once, at registration; create a new one if it is lost.");
            causes.Add(
                $"The {noun} may not be registered: look for type {Quotation.Of(identity.DeviceType)}, id {Quotation.Of(identity.DeviceId)} (case matters), and whether it is registered as a {noun}.");
        }
        else
        {
            causes.Add("The API key or its token may be wrong, expired or deleted: the token of an API key is shown once; create a new key if it is lost.");
            causes.Add($"The API key may belong to another organization than {Quotation.Of(identity.Organization)}: its form is 'a-<organization>-<random>'.");
        }
    }

    // An IP address is never sent as the server's name, so it says nothing about an organization.
    private static bool NamesOrganization(ConnectRefusalContext context) =>
        IPAddress.TryParse(context.Endpoint.HostName, out _)
        || context.Endpoint.HostName.StartsWith(context.Identity.Organization + ".", StringComparison.OrdinalIgnoreCase);
}
