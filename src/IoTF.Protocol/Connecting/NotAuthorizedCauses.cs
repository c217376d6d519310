using System.Net;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Connecting;

/// <summary>
/// What "not authorised" can mean. The service gives this one answer for wrong credentials, missing ones, an unknown organisation, plain text where
/// TLS is required, a persistent session where none is allowed, and a name in the TLS handshake of another organisation (protocol.md §3.3).
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
                causes.Add("Quickstart keeps no persistent sessions: connect with a clean session.");
            }
            else if (identity is { Role: ClientRole.ScalableApplication, InstanceId: null })
            {
                causes.Add("A scalable application without an instance id cannot be persistent: give an instance id, or connect with a clean session.");
            }
            else
            {
                causes.Add("The organisation may not allow persistent sessions: try a clean session.");
            }
        }

        if (!context.Endpoint.Secure && !identity.IsQuickstart)
        {
            causes.Add("The organisation may require TLS and refuse plain text: connect without the insecure option.");
        }

        if (!identity.IsQuickstart)
        {
            causes.Add($"The organisation {Quotation.Of(identity.Organization)} may be unknown to {context.Endpoint}, or disabled: compare it with what the service shows.");
        }

        if (context.Endpoint.Secure && !NamesOrganization(context))
        {
            causes.Add(
                $"The host name {Quotation.Of(context.Endpoint.HostName)}, which TLS tells the service, does not begin with '{identity.Organization}.': the service may read another organisation from it.");
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
                causes.Add("Quickstart takes no credentials: connect without a token and without an API key.");
            }
            else if (!context.Persistent)
            {
                causes.Add($"The installation at {context.Endpoint} may not offer quickstart: name an organisation of your own.");
            }

            return;
        }

        if (!context.HasCredentials)
        {
            causes.Add(identity.IsDeviceOrGateway
                ? context.HasClientCertificate
                    ? "The client certificate may not name this device, or a token may be required as well: check the certificate's name and give the token."
                    : "No token was given: give the token that was shown when the device was registered."
                : "No API key was given: give the API key and its token.");
            return;
        }

        if (identity.IsDeviceOrGateway)
        {
            var noun = identity.Role == ClientRole.Gateway ? "gateway" : "device";
            causes.Add($"The token may be wrong, or belong to another {noun}: a token is shown once, at registration; make a new one if it is lost.");
            causes.Add(
                $"The {noun} may not be registered: look for type {Quotation.Of(identity.DeviceType)}, id {Quotation.Of(identity.DeviceId)} (case matters), and whether it is registered as a {noun}.");
        }
        else
        {
            causes.Add("The API key or its token may be wrong, expired or deleted: an API key's token is shown once; make a new key if it is lost.");
            causes.Add($"The API key may belong to another organisation than {Quotation.Of(identity.Organization)}: its form is 'a-<organisation>-<random>'.");
        }
    }

    // An IP address is never sent as the server's name, so it says nothing about an organisation.
    private static bool NamesOrganization(ConnectRefusalContext context) =>
        IPAddress.TryParse(context.Endpoint.HostName, out _)
        || context.Endpoint.HostName.StartsWith(context.Identity.Organization + ".", StringComparison.OrdinalIgnoreCase);
}
