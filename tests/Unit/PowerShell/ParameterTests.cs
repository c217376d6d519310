using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTF.Client.Connecting;
using IoTF.PowerShell.Certificates;
using IoTF.PowerShell.Parameters;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class ParameterTests : IClassFixture<Engine>, IDisposable
{
    private readonly Engine _engine;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iotf-");

    public ParameterTests(Engine engine)
    {
        _engine = engine;
    }

    public static TheoryData<object, double> Times => new()
    {
        { 5, 5 },
        { 0, 0 },
        { 0.25, 0.25 },
        { 1.5m, 1.5 },
        { 30L, 30 },
        { "5", 5 },
        { "0.5", 0.5 },
        { "00:00:05", 5 },
        { "1.00:00:00", 86_400 },
        { TimeSpan.FromMinutes(2), 120 },
        { new PSObject(TimeSpan.FromMinutes(2)), 120 },
    };

    [Theory]
    [MemberData(nameof(Times))]
    public void A_bare_number_is_seconds(object given, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), new TimeoutTransformationAttribute().Transform(null!, given));

    [Theory]
    [InlineData(-1)]
    [InlineData("-00:00:01")]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData("Infinity")]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData(true)]
    [InlineData(1e300)]
    [InlineData(5_000_000)]
    [InlineData(long.MaxValue)]
    public void What_is_no_time_is_refused(object given)
    {
        var fault = Assert.Throws<ArgumentTransformationMetadataException>(() => new TimeoutTransformationAttribute().Transform(null!, given));
        Assert.Contains("Use seconds", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(65_536, "the maximum is 65535 seconds")]
    [InlineData("1.00:00:00", "the maximum is 65535 seconds")]
    public void A_time_that_has_a_limit_of_its_own_keeps_to_it(object given, string reason)
    {
        var limited = new TimeoutTransformationAttribute { MaximumSeconds = 65_535 };
        Assert.Equal(TimeSpan.FromSeconds(65_535), limited.Transform(null!, 65_535));
        Assert.Contains(
            reason, Assert.Throws<ArgumentTransformationMetadataException>(() => limited.Transform(null!, given)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Zero_is_refused_where_it_means_nothing() =>
        Assert.Throws<ArgumentTransformationMetadataException>(() => new TimeoutTransformationAttribute { AllowZero = false }.Transform(null!, 0));

    [Fact]
    public void A_plain_secret_is_refused_and_never_repeated()
    {
        var seen = _engine.Run(
            """
            param($attribute)
            $define = 'function f { param([IoTF.PowerShell.Parameters.SecretTransformation()] [securestring] $Token) }'
            . ([scriptblock]::Create($define))
            $secret = 'hun' + 'ter2'
            foreach ($attempt in { f -Token $secret }, { f $secret }, { f -Token @($secret) }) {
                try { & $attempt } catch { $_; $_.Exception.ToString(); $_.ErrorDetails; $_.TargetObject; $_.CategoryInfo.ToString(); $_.InvocationInfo.Line }
            }
            """).Select(static o => o?.ToString() ?? "").ToArray();
        Assert.Contains(seen, static text => text.Contains("Read-Host -AsSecureString", StringComparison.Ordinal));
        Assert.DoesNotContain(seen, static text => text.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_secure_string_is_taken_and_of_a_credential_the_password()
    {
        var secret = new SecureString();
        secret.AppendChar('x');
        var attribute = new SecretTransformationAttribute();
        Assert.Same(secret, attribute.Transform(null!, new PSObject(secret)));
        Assert.Same(secret, attribute.Transform(null!, new PSCredential("bob", secret)));
    }

    [Fact]
    public void A_certificate_comes_from_files_of_every_kind_and_from_objects()
    {
        using var first = MakeCertificate("CN=first");
        using var second = MakeCertificate("CN=second");
        File.WriteAllText(Named("both.pem"), first.ExportCertificatePem() + "\n" + second.ExportCertificatePem());
        File.WriteAllBytes(Named("first.cer"), first.RawData);
        File.WriteAllBytes(Named("first.pfx"), first.Export(X509ContentType.Pfx));

        Assert.Equal(["CN=first", "CN=second"], Subjects(Named("both.pem")));
        Assert.Equal(["CN=first"], Subjects(Named("first.cer")));
        Assert.Equal(["CN=first"], Subjects(Named("first.pfx")));
        Assert.Equal(["CN=first"], Subjects(new FileInfo(Named("first.cer"))));
        Assert.Equal(["CN=first"], Subjects(first.ExportCertificatePem()));
        Assert.Equal(["CN=second"], Subjects(second));
        Assert.Equal(["CN=second", "CN=first"], Subjects(new object[] { new PSObject(second), Named("first.cer") }));
        Assert.Equal(["CN=first", "CN=second"], Subjects(new X509Certificate2Collection { first, second }));
    }

    [Fact]
    public void A_relative_path_starts_at_the_current_location()
    {
        using var certificate = MakeCertificate("CN=here");
        File.WriteAllBytes(Named("here.cer"), certificate.RawData);
        _engine.Run("param($folder) Microsoft.PowerShell.Core\\ForEach-Object { $ExecutionContext.SessionState.Path.SetLocation($folder) }", _folder.FullName);
        Assert.Equal(["CN=here"], Subjects("./here.cer"));
    }

    [Fact]
    public void What_is_no_certificate_is_refused_with_the_reason()
    {
        using var certificate = MakeCertificate("CN=locked");
        File.WriteAllBytes(Named("locked.pfx"), certificate.Export(X509ContentType.Pfx, "secret"));
        File.WriteAllText(Named("key.pem"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Named("text.txt"), "hello");

        Assert.Contains("The certificate file", Refusal(Named("missing.pem")), StringComparison.Ordinal);
        Assert.Contains("Get-PfxCertificate", Refusal(Named("locked.pfx")), StringComparison.Ordinal);
        Assert.Contains("There is no certificate in", Refusal(Named("key.pem")), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refusal(Named("text.txt")), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refusal(_folder.FullName), StringComparison.Ordinal);
        Assert.Contains("not in the file system", Refusal("env:PATH"), StringComparison.Ordinal);
        Assert.Contains("is not a path", Refusal("nowhere:/x.pem"), StringComparison.Ordinal);
        Assert.Contains("Int32", Refusal(5), StringComparison.Ordinal);
        Assert.Contains("No certificate was given", Refusal(Array.Empty<object>()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_given_for_a_certificate_by_mistake_is_told_with_what_to_do()
    {
        using var certificate = MakeCertificate("CN=wrapped");
        var pem = Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate.ExportCertificatePem()), Base64FormattingOptions.InsertLineBreaks);
        var der = Convert.ToBase64String(certificate.RawData);
        var json = $$"""{ "data": { "ca.crt": "{{pem.ReplaceLineEndings("")}}" }, "kind": "Secret" }""";
        var yaml = $"apiVersion: v1\ndata:\n  ca.crt: {pem.ReplaceLineEndings("")}\nkind: Secret\n";
        foreach (var (name, content, words, next) in new[]
        {
            ("pem", pem, "Base64 of PEM", "FromBase64String"),
            ("der", der, "Base64 of a DER", "FromBase64String"),
            ("json", json, "is JSON", "kubectl"),
            ("yaml", yaml, "YAML of Kubernetes", "kubectl"),
            ("page", "<!DOCTYPE html><title>Log in</title>", "web page", "login page"),
            ("empty", "", "is empty", "Check"),
            ("blank", "\uFEFF \r\n", "is empty", "Check"),
        })
        {
            File.WriteAllText(Named(name), content);
            foreach (var given in new object[] { content, Named(name), Encoding.UTF8.GetBytes(content) })
            {
                var fault = Assert.Throws<CertificateReadException>(() => Transform(given));
                Assert.Contains(words, fault.Message, StringComparison.Ordinal);
                Assert.Contains(next, fault.NextStep, StringComparison.Ordinal);
            }
        }

        Assert.Contains("only PRIVATE KEY", Refusal(certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()), StringComparison.Ordinal);
    }

    [Fact]
    public void Whitespace_that_came_along_with_a_token_is_found()
    {
        Assert.Null(SecretText.FindWhitespace("$a b!*="));
        Assert.Null(SecretText.FindWhitespace(""));
        Assert.Equal("ends with a line break", SecretText.FindWhitespace("token\r\n"));
        Assert.Equal("ends with a blank", SecretText.FindWhitespace("token "));
        Assert.Equal("begins with a blank", SecretText.FindWhitespace("\u00A0token"));
        Assert.Equal("begins with an invisible character", SecretText.FindWhitespace("\uFEFFtoken"));
        Assert.Equal("has a line break in it", SecretText.FindWhitespace("to\nken"));
        var secret = new SecureString();
        foreach (var character in "token\t")
        {
            secret.AppendChar(character);
        }

        Assert.Equal("ends with a tab", SecretText.FindWhitespace(secret));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static X509Certificate2 MakeCertificate(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(subject, key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private string Named(string file) => Path.Combine(_folder.FullName, file);

    private string[] Subjects(object given) => [.. Transform(given).Select(static c => c.Subject)];

    private string Refusal(object given) =>
        Assert.Throws<CertificateReadException>(() => Transform(given)).Message;

    private X509Certificate2Collection Transform(object given)
    {
        var engine = (EngineIntrinsics)((PSObject)_engine.Run("$ExecutionContext")[0]!).BaseObject;
        return _engine.Within(() => new CertificateReader(engine.SessionState.Path).Read(given));
    }
}
