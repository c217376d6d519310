using System.Text;
using System.Text.RegularExpressions;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;

namespace IoTF.Tests.Interop.Loading;

/// <summary>The staged module once more, in a folder of its own. What a test changes there, it changes on disk, as another build would.</summary>
internal sealed partial class ModuleCopy : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ModuleCopy()
    {
        string[] patterns = ["*.psd1", "*.ps1xml", "bin/*.dll", "bin/lib/*.dll"];
        foreach (var pattern in patterns)
        {
            var folder = Path.GetDirectoryName(pattern)!;
            Directory.CreateDirectory(Path.Combine(_folder.FullName, folder));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(StagedModule.Root, folder), Path.GetFileName(pattern)))
            {
                File.Copy(file, Path.Combine(_folder.FullName, folder, Path.GetFileName(file)));
            }
        }
    }

    public string Folder => _folder.FullName;

    public string Manifest => _folder.PathOf("IoTF.psd1");

    /// <summary>The assembly in which PowerShell looks for cmdlets.</summary>
    public string RootAssembly => Path.Combine(_folder.FullName, "bin", "IoTF.PowerShell.dll");

    public string ProtocolAssembly => Path.Combine(_folder.FullName, "bin", "lib", "IoTF.Protocol.dll");

    /// <summary>Replaces a text that the manifest holds.</summary>
    public void EditManifest(string old, string edited)
    {
        var text = File.ReadAllText(Manifest);
        if (!text.Contains(old, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"{Manifest} does not hold {old}.");
        }

        File.WriteAllText(Manifest, text.Replace(old, edited, StringComparison.Ordinal));
    }

    /// <summary>Gives the loader another identity of the same length, as a build from other sources does.</summary>
    public void ChangeLoader()
    {
        var path = Path.Combine(_folder.FullName, "bin", "IoTF.Loader.dll");
        var content = Encoding.Latin1.GetString(File.ReadAllBytes(path));
        var names = LoaderName().Matches(content);
        if (names.Count == 0)
        {
            throw new InvalidOperationException($"{path} has no name of the form IoTF.Loader-<hash>.");
        }

        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(LoaderName().Replace(content, "IoTF.Loader-0123456789ab")));
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex("IoTF\\.Loader-[0-9a-f]{12}")]
    private static partial Regex LoaderName();
}
