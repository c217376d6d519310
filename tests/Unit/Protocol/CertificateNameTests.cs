using IoTF.Protocol.Identities;
using Xunit;

namespace IoTF.Tests.Unit.Protocol;

public sealed class CertificateNameTests
{
    [Theory]
    [InlineData("d:pump:p1", true)]
    [InlineData("d:pump:", true)]
    [InlineData("d:pump:p2", false)]
    [InlineData("d:valve:p1", false)]
    [InlineData("g:pump:p1", false)]
    [InlineData("a:dash", false)]
    public void A_certificate_names_a_device_or_all_of_its_type(string text, bool expected)
    {
        Assert.True(CertificateName.TryParse(text, out var name));
        Assert.Equal(expected, name.Names(ClientIdentity.ForDevice("abc123", "pump", "p1")));
        Assert.Equal(text, name.ToString());
    }

    [Fact]
    public void A_certificate_names_an_application_of_either_kind()
    {
        Assert.True(CertificateName.TryParse("a:dash", out var name));
        Assert.True(name.Names(ClientIdentity.ForApplication("abc123", "dash")));
        Assert.True(name.Names(ClientIdentity.ForScalableApplication("abc123", "dash", "i1")));
        Assert.False(name.Names(ClientIdentity.ForApplication("abc123", "other")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("pump")]
    [InlineData("d:pump")]
    [InlineData("d::p1")]
    [InlineData("d:abc123:pump:p1")]
    [InlineData("a:")]
    [InlineData("D:pump:p1")]
    [InlineData("d:pump:p 1")]
    [InlineData("someone@example.test")]
    public void Other_names_say_nothing_about_the_client(string text) => Assert.False(CertificateName.TryParse(text, out _));
}
