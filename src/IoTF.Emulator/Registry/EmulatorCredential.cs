using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Registry;

/// <summary>What a device, gateway or application needs to connect. The token is here and nowhere else: the local service keeps its hash only.</summary>
public sealed class EmulatorCredential
{
    internal EmulatorCredential(ClientRole role, string organization, string userName, string token)
    {
        Role = role;
        Organization = organization;
        UserName = userName;
        Token = token;
    }

    /// <summary>Whom it is for: a device, a gateway, or an application (of either kind).</summary>
    public ClientRole Role { get; }

    /// <summary>The organization.</summary>
    public string Organization { get; }

    /// <summary>The device type of a device or gateway; otherwise null.</summary>
    public string? DeviceType { get; internal init; }

    /// <summary>The device id of a device or gateway; otherwise null.</summary>
    public string? DeviceId { get; internal init; }

    /// <summary>The API key of an application; otherwise null.</summary>
    public string? ApiKey => Role == ClientRole.Application ? UserName : null;

    /// <summary>The user name of CONNECT: <c>use-token-auth</c>, or the API key.</summary>
    public string UserName { get; }

    /// <summary>The token: the password of CONNECT. A secret.</summary>
    public string Token { get; }

    /// <summary>Whom it is for, without the token.</summary>
    /// <returns>The role and the name.</returns>
    public override string ToString() => ApiKey ?? $"{Role} {Organization}:{DeviceType}:{DeviceId}";
}
