using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTF.Mqtt.Transport;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Transport;

public sealed class KeyFilesTests
{
    [Fact]
    public void Certificates_whose_keys_were_imported_are_disposed_of_and_others_are_not()
    {
        using var withKey = Make();
        using var without = CertificateLoader.FromDer(withKey.RawData);
        using var others = Make();
        var files = new KeyFiles();
        files.Track(withKey);
        files.Track(without);

        files.Delete();
        Assert.Equal(IntPtr.Zero, withKey.Handle);
        Assert.NotEqual(IntPtr.Zero, without.Handle);
        Assert.NotEqual(IntPtr.Zero, others.Handle);
    }

    [Theory]
    [InlineData(0x80070002)]
    [InlineData(0x80070003)]
    [InlineData(0x80070005)]
    [InlineData(0x80090016)]
    public void An_account_without_a_loaded_profile_is_explained(uint result)
    {
        var explained = KeyStorageException.Explain(new CryptographicException("said by Windows.") { HResult = unchecked((int)result) });
        Assert.Contains("profile of this account (said by Windows)", explained!.Message, StringComparison.Ordinal);
        Assert.Contains("Cert:\\LocalMachine\\My", explained.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_password_is_not_about_the_profile() =>
        Assert.Null(KeyStorageException.Explain(new CryptographicException("The specified network password is not correct.") { HResult = unchecked((int)0x80070056) }));

    private static X509Certificate2 Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=key", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
