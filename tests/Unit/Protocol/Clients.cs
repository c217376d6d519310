using IoTF.Protocol.Identities;

namespace IoTF.Tests.Unit.Protocol;

/// <summary>The clients of the topic vectors (protocol.md §11), by the short names the table gives them.</summary>
internal static class Clients
{
    public static ClientIdentity Named(string role) => role switch
    {
        "d" => ClientIdentity.ForDevice("abc123", "pump", "p-001"),
        "g" => ClientIdentity.ForGateway("abc123", "gwt", "gw1"),
        "a" => ClientIdentity.ForApplication("abc123", "dash"),
        "A" => ClientIdentity.ForScalableApplication("ios2", "app1"),
        "A:" => ClientIdentity.ForScalableApplication("ios2", "app1", "i1"),
        "qs d" => ClientIdentity.ForDevice("quickstart", "pump", "p-001"),
        "qs a" => ClientIdentity.ForApplication("quickstart", "dash"),
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "No such client."),
    };
}
