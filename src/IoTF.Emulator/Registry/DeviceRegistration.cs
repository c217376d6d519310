using IoTF.Protocol.Authorization;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Registry;

/// <summary>What the service knows about a registered device or gateway.</summary>
/// <param name="Role">Device or gateway.</param>
/// <param name="Token">Its token; null for a device that a gateway registered, which cannot connect by itself.</param>
internal sealed record DeviceRegistration(ClientRole Role, TokenHash? Token = null)
{
    /// <summary>What a gateway may do.</summary>
    public GatewayRole GatewayRole { get; init; }

    /// <summary>
    /// The resource group: a gateway that has one acts for the devices of it only, one without acts for the whole organization
    /// (protocol.md §3.4). One group for each device is all this emulator knows.
    /// </summary>
    public string? ResourceGroup { get; init; }

    /// <summary>The ClientId of the gateway that registered the device; null when it was registered by hand.</summary>
    public string? RegisteredBy { get; init; }

    /// <summary>Whether a client that is limited to a group, or to none, may act for the device.</summary>
    public bool IsIn(string? group) => group is null || group == ResourceGroup;
}

/// <summary>What the service knows about an API key.</summary>
/// <param name="Token">Its token.</param>
/// <param name="Role">What it allows.</param>
/// <param name="ResourceGroup">The devices its applications may act for; null for all.</param>
internal sealed record ApiKeyRegistration(TokenHash Token, ApiKeyRole Role, string? ResourceGroup);
