using IoTF.Tests.Interop.Certificates;
using Xunit;

namespace IoTF.Tests.Interop.Servers;

public sealed class OpenSslServerTests
{
    [Theory]
    [InlineData(TlsVersion.Tls11, TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls12, TlsVersion.Tls13)]
    [InlineData(TlsVersion.Tls13, TlsVersion.Tls12)]
    public async Task It_speaks_the_one_version_it_was_told_and_no_other(TlsVersion only, TlsVersion other)
    {
        using var certificates = new TestCertificates();
        await using var server = await OpenSslServer.StartAsync(only, certificates.Server());

        var refused = await OpenSslClient.HandshakeAsync(server.Port, other, certificates.AuthorityFile);
        var agreed = await OpenSslClient.HandshakeAsync(server.Port, only, certificates.AuthorityFile);

        Assert.False(refused.Agreed, refused.Report);
        Assert.True(agreed.Agreed, agreed.Report);
        await server.WaitForHandshakeAsync();
    }
}
