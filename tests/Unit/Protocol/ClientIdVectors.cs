using IoTF.Protocol.Identities;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

/// <summary>The ClientId vectors C1 to C20. C21 (persistence), C22 and C23 (two connections) need connections and are tested on the emulator.</summary>
public sealed class ClientIdVectors
{
    private const string ThirtySix = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    [Theory]
    [InlineData("C1", "d:myorg:mytype:mydev", ClientRole.Device, "myorg", "mytype", "mydev", null, null)]
    [InlineData("C2", "a:myorg:myapp", ClientRole.Application, "myorg", null, null, "myapp", null)]
    [InlineData("C3", "A:myorgA:myappA", ClientRole.ScalableApplication, "myorgA", null, null, "myappA", null)]
    [InlineData("C4", "A:myorgA:myappA:123", ClientRole.ScalableApplication, "myorgA", null, null, "myappA", "123")]
    [InlineData("C5", "g:8xtlax:TestBulkTypeMgd:a", ClientRole.Gateway, "8xtlax", "TestBulkTypeMgd", "a", null, null)]
    [InlineData("C6", "d:quickstart:mytype:mydev", ClientRole.Device, "quickstart", "mytype", "mydev", null, null)]
    [InlineData("C7", "a:quickstart:app1", ClientRole.Application, "quickstart", null, null, "app1", null)]
    [InlineData("C8", "d:masdev:pump:p.1_a-b", ClientRole.Device, "masdev", "pump", "p.1_a-b", null, null)]
    [InlineData("C9", "d:abc123:pump:" + ThirtySix, ClientRole.Device, "abc123", "pump", ThirtySix, null, null)]
    [Vector("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9")]
    public void A_legal_ClientId_is_taken_apart_and_put_together_again(
        string vector, string clientId, ClientRole role, string organization, string? type, string? id, string? application, string? instance)
    {
        Assert.True(ClientIdentity.TryParse(clientId, out var identity, out var rejection), vector);
        Assert.Equal(ClientIdRejection.None, rejection);
        Assert.Equal(role, identity.Role);
        Assert.Equal(organization, identity.Organization);
        Assert.Equal(type, identity.DeviceType);
        Assert.Equal(id, identity.DeviceId);
        Assert.Equal(application, identity.ApplicationId);
        Assert.Equal(instance, identity.InstanceId);
        Assert.Equal(clientId, identity.ClientId);
        Assert.Equal(organization == "quickstart", identity.IsQuickstart);
    }

    [Theory]
    [InlineData("C10", "d:abc123:pump:" + ThirtySix + "x", ClientIdRejection.IdentifierRejected)]
    [InlineData("C11", "a:myorg", ClientIdRejection.NotAuthorized)]
    [InlineData("C12", "a:myorg:", ClientIdRejection.NotAuthorized)]
    [InlineData("C13", "a::myapp", ClientIdRejection.NotAuthorized)]
    [InlineData("C14", "a:", ClientIdRejection.NotAuthorized)]
    [InlineData("C14", "a::", ClientIdRejection.NotAuthorized)]
    [InlineData("C14", "a", ClientIdRejection.NotAuthorized)]
    [InlineData("C14", ":", ClientIdRejection.NotAuthorized)]
    [InlineData("C14", "", ClientIdRejection.NotAuthorized)]
    [InlineData("C15", "a:quickstart:", ClientIdRejection.NotAuthorized)]
    [InlineData("C16", "d:quickstart:mytype", ClientIdRejection.NotAuthorized)]
    [InlineData("C17", "d:abc123:pump:p/1", ClientIdRejection.IdentifierRejected)]
    [InlineData("C17", "d:abc123:pump:p+1", ClientIdRejection.IdentifierRejected)]
    [InlineData("C17", "d:abc123:pump:p#1", ClientIdRejection.IdentifierRejected)]
    [InlineData("C18", "d:abc123:pump:p 1", ClientIdRejection.IdentifierRejected)]
    [InlineData("C19", "d:abc123:pump:p1:extra", ClientIdRejection.IdentifierRejected)]
    [InlineData("C20", "D:abc123:pump:p1", ClientIdRejection.NotAuthorized)]
    [InlineData("C20", "x:abc123:y", ClientIdRejection.NotAuthorized)]
    [Vector("C10", "C11", "C12", "C13", "C14", "C15", "C16", "C17", "C18", "C19", "C20")]
    public void A_ClientId_the_service_refuses_gets_its_answer(string vector, string clientId, ClientIdRejection expected)
    {
        Assert.False(ClientIdentity.TryParse(clientId, out var identity, out var rejection), vector);
        Assert.Null(identity);
        Assert.Equal(expected, rejection);
    }

    [Theory]
    [InlineData("g:quickstart:t:g", ClientIdRejection.NotAuthorized)]
    [InlineData("A:quickstart:app", ClientIdRejection.NotAuthorized)]
    [InlineData("A:abc123:app:", ClientIdRejection.IdentifierRejected)]
    [InlineData("A:abc123:app:i1:more", ClientIdRejection.IdentifierRejected)]
    [InlineData("a:abc123:app:i1", ClientIdRejection.IdentifierRejected)]
    [InlineData("d:abc123::p1", ClientIdRejection.NotAuthorized)]
    [InlineData("d:ab_c:pump:p1", ClientIdRejection.NotAuthorized)]
    [InlineData("d:abc123:pump:p\u00011", ClientIdRejection.IdentifierRejected)]
    [InlineData("x:abc123:a/b", ClientIdRejection.IdentifierRejected)]
    [InlineData("d:abc123:pump:pümp", ClientIdRejection.IdentifierRejected)]
    public void Other_refused_ClientIds_follow_the_same_order_of_checks(string clientId, ClientIdRejection expected)
    {
        Assert.False(ClientIdentity.TryParse(clientId, out _, out var rejection));
        Assert.Equal(expected, rejection);
    }

    [Fact]
    public void The_longest_ClientId_of_a_six_character_organization_has_82_characters()
    {
        Assert.Equal(82, ClientIdentity.ForDevice("abc123", ThirtySix, ThirtySix).ClientId.Length);
        Assert.Equal(82, ClientIdentity.ForScalableApplication("abc123", ThirtySix, ThirtySix).ClientId.Length);
    }
}
