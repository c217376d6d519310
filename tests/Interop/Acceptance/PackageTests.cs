using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>The package for the PowerShell Gallery, as <c>build.ps1 Package</c> makes it of what is staged, and <c>build.ps1 Publish</c> pushes it.</summary>
public sealed partial class PackageTests : IDisposable
{
    private const int MiB = 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task It_works_from_an_empty_module_folder_and_holds_the_module_and_nothing_else()
    {
        await using (var build = Build([], "Package", "-NoBuild", "-OutputFolder", folder.FullName))
        {
            await build.WaitForSuccessAsync(Limit);
            Assert.Contains(build.Output.Snapshot(), line => line.EndsWith("imports by name, and a device and an application talked over TLS.", StringComparison.Ordinal));
            Assert.Empty(build.Errors.Snapshot());
        }

        var package = Package();
        Assert.InRange(new FileInfo(package).Length, 1, 2 * MiB);
        using var archive = ZipFile.OpenRead(package);
        string[] help = Directory.Exists(HelpFolder)
            ? [.. Directory.EnumerateFiles(HelpFolder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(StagedModule.Root, file))]
            : [];
        Assert.Equal(
            new[]
            {
                "IoTF.Format.ps1xml", "IoTF.Objects.psd1", "IoTF.Types.ps1xml", "IoTF.nuspec", "IoTF.psd1", "LICENSE", "THIRD-PARTY-NOTICES.md", "[Content_Types].xml", "_rels/.rels",
                "bin/IoTF.Loader.dll", "bin/IoTF.PowerShell.dll", "bin/lib/IoTF.Client.dll", "bin/lib/IoTF.Emulator.dll", "bin/lib/IoTF.Mqtt.dll", "bin/lib/IoTF.Protocol.dll",
                "bin/lib/MQTTnet.dll", "bin/lib/YamlDotNet.dll",
            }.Concat(help).Order(StringComparer.Ordinal),
            archive.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public async Task Its_metadata_are_those_of_the_manifest_and_the_changelog()
    {
        await PackAsync();

        using var engine = new ScriptEngine();
        var manifest = (await engine.RunAsync(
            """
            $module = Test-ModuleManifest $manifest
            $module.Name; "$($module.Version)"; $module.Author; $module.CompanyName; "$($module.LicenseUri)"; $module.Description; $module.Copyright
            """)).OrFail().Output;
        using var archive = ZipFile.OpenRead(Package());
        using var stream = archive.GetEntry("IoTF.nuspec")!.Open();
        XNamespace space = "http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd";
        var metadata = XDocument.Load(stream).Root!.Element(space + "metadata")!;
        Assert.Equal(
            manifest,
            new[] { "id", "version", "authors", "owners", "licenseUrl", "description", "copyright" }.Select(name => metadata.Element(space + name)!.Value));
        Assert.Equal("false", metadata.Element(space + "requireLicenseAcceptance")!.Value);
        var tags = metadata.Element(space + "tags")!.Value.Split(' ');
        Assert.Superset(new HashSet<string> { "MQTT", "PSEdition_Core", "PSModule", "PSIncludes_Cmdlet", "PSCmdlet_Send-IoTFEvent", "PSCommand_Send-IoTFEvent" }, tags.ToHashSet());
        Assert.InRange(string.Join(' ', tags).Length, 1, 4000);
        var notes = metadata.Element(space + "releaseNotes")!.Value;
        Assert.StartsWith("### Added", notes, StringComparison.Ordinal);
        Assert.Contains(notes.ReplaceLineEndings("\n"), (await File.ReadAllTextAsync(Path.Combine(StagedModule.Root, "CHANGELOG.md"))).ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.DoesNotMatch(SectionHeading(), notes);
    }

    [Fact]
    public async Task The_same_files_give_the_same_bytes()
    {
        await PackAsync();
        var first = await File.ReadAllBytesAsync(Package());
        using (var archive = ZipFile.OpenRead(Package()))
        {
            Assert.All(archive.Entries, entry => Assert.Equal(new DateTime(2000, 1, 1), entry.LastWriteTime.DateTime));
        }

        File.Delete(Package());
        await PackAsync();
        Assert.Equal(first, await File.ReadAllBytesAsync(Package()));
    }

    [Fact]
    public async Task With_a_certificate_it_is_signed_and_works_as_before()
    {
        // The store of the user is below HOME: the certificate goes into one of the test's own.
        var script = folder.Write(
            "sign.ps1",
            """
            param([string] $Build, [string] $OutputFolder)
            $ErrorActionPreference = 'Stop'
            $request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new(
                'CN=IoTF test', [System.Security.Cryptography.RSA]::Create(2048), 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
            $codeSigning = [System.Security.Cryptography.OidCollection]::new()
            $null = $codeSigning.Add([System.Security.Cryptography.Oid]::new('1.3.6.1.5.5.7.3.3'))
            $request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]::new($codeSigning, $true))
            $made = $request.CreateSelfSigned([System.DateTimeOffset]::UtcNow.AddDays(-1), [System.DateTimeOffset]::UtcNow.AddDays(1))
            $certificate = [System.Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadPkcs12($made.Export('Pfx', ''), '', 'PersistKeySet')
            $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser')
            $store.Open('ReadWrite')
            $store.Add($certificate)
            & $Build Package -NoBuild -OutputFolder $OutputFolder -SigningCertificate $certificate.GetCertHashString('SHA256')
            """);
        var environment = new Dictionary<string, string> { ["HOME"] = folder.FullName, ["DOTNET_NOLOGO"] = "1", ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1" };
        await using var build = RunningProgram.Start(
            ShellProcess.Host, [script, "-Build", Path.Combine(StagedModule.Root, "build.ps1"), "-OutputFolder", folder.FullName], environment);
        await build.WaitForSuccessAsync(Limit);
        Assert.Contains(build.Output.Snapshot(), line => line.EndsWith("a device and an application talked over TLS.", StringComparison.Ordinal));
        using var archive = ZipFile.OpenRead(Package());
        Assert.NotNull(archive.GetEntry(".signature.p7s"));
    }

    [Fact]
    public async Task Publishing_pushes_it_and_shows_no_key()
    {
        const string Key = "key-that-nobody-may-see";
        var feed = Directory.CreateDirectory(folder.PathOf("feed")).FullName;
        await using var build = Build(
            new() { ["PSGALLERY_API_KEY"] = Key }, "Publish", "-NoBuild", "-OutputFolder", folder.FullName, "-Repository", feed);
        await build.WaitForSuccessAsync(Limit);
        Assert.Equal(await File.ReadAllBytesAsync(Package()), await File.ReadAllBytesAsync(Assert.Single(Directory.EnumerateFiles(feed))));
        Assert.DoesNotContain(build.Output.Snapshot().Concat(build.Errors.Snapshot()), line => line.Contains(Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Publishing_without_a_key_makes_nothing_and_says_what_is_missing()
    {
        await using var build = Build(new() { ["PSGALLERY_API_KEY"] = "" }, "Publish", "-NoBuild", "-OutputFolder", folder.FullName, "-Repository", folder.FullName);
        Assert.Equal(1, await build.WaitForExitAsync(Limit));
        Assert.Contains(build.Errors.Snapshot(), line => line.Contains("PSGALLERY_API_KEY", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(folder.FullName));
    }

    [Fact]
    public async Task Cleaning_removes_what_was_built_and_nothing_else()
    {
        File.Copy(Path.Combine(StagedModule.Root, "build.ps1"), folder.PathOf("build.ps1"));
        string[] kept = ["build.ps1", "docs/en-US/page.md", "src/A/A.csproj", "tests/Node/node_modules/tool/bin/tool.js"];
        foreach (var name in kept[1..].Concat(["bin/A.dll", "en-US/A.xml", "package/A.nupkg", "src/A/bin/A.dll", "src/A/obj/A.json"]))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.PathOf(name))!);
            folder.Write(name, "");
        }

        await RunningProgram.RunAsync(ShellProcess.Host, folder.PathOf("build.ps1"), "Clean");

        Assert.Equal(
            kept,
            Directory.EnumerateFiles(folder.FullName, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder.FullName, file)).Order(StringComparer.Ordinal));
    }

    public void Dispose() => folder.Dispose();

    private static string HelpFolder => Path.Combine(StagedModule.Root, "en-US");

    [GeneratedRegex("^## ", RegexOptions.Multiline)]
    private static partial Regex SectionHeading();

    private string Package() => Assert.Single(Directory.EnumerateFiles(folder.FullName, "IoTF.*.nupkg"));

    private static RunningProgram Build(Dictionary<string, string> environment, params string[] arguments) =>
        RunningProgram.Start(ShellProcess.Host, [Path.Combine(StagedModule.Root, "build.ps1"), .. arguments], environment);

    /// <summary>Makes the package without trying it.</summary>
    private async Task PackAsync()
    {
        using var engine = new ScriptEngine();
        (await engine.RunAsync(
            Limit,
            "param($script, $root, $folder) & $script -Root $root -OutputFolder $folder",
            Path.Combine(StagedModule.Root, "tools", "Package", "New-Package.ps1"),
            StagedModule.Root,
            folder.FullName)).OrFail();
    }
}
