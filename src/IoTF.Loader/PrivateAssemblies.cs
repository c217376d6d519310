using System.Reflection;
using System.Runtime.Loader;

namespace IoTF.Loader;

/// <summary>
/// The load context that holds the module's own assemblies and the packages they use, so that another module with another MQTTnet in the
/// same process disturbs nobody, nor is disturbed.
/// </summary>
internal sealed class PrivateAssemblies : AssemblyLoadContext
{
    /// <summary>The assemblies for which the default load context is answered. Nothing else of this process is any of our business.</summary>
    internal static readonly IReadOnlySet<string> OwnNames = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
    {
        "IoTF.Protocol",
        "IoTF.Mqtt",
        "IoTF.Client",
        "IoTF.Emulator",
    };

    /// <summary>Packages the module brings along, which only its own assemblies get from here.</summary>
    internal static readonly IReadOnlySet<string> PackageNames = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "MQTTnet", "YamlDotNet" };

    private static readonly Lazy<PrivateAssemblies> Instance = new(Create);

    private readonly string _folder;

    private PrivateAssemblies(string folder)
        : base("IoTF", isCollectible: false)
    {
        _folder = folder;
    }

    /// <summary>Starts to answer for <see cref="OwnNames"/>. Called again it changes nothing.</summary>
    internal static void Install() => _ = Instance.Value;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        // A missing file is an error here: falling back to the default context could find a foreign MQTTnet there.
        var mine = assemblyName.Name is { } name && (OwnNames.Contains(name) || PackageNames.Contains(name));
        return mine ? LoadFromAssemblyPath(Path.Combine(_folder, assemblyName.Name + ".dll")) : null;
    }

    private static PrivateAssemblies Create()
    {
        var home = Path.GetDirectoryName(typeof(PrivateAssemblies).Assembly.Location)!;
        var context = new PrivateAssemblies(Path.Combine(home, "lib"));

        // All of them now, because the files may be gone later: Uninstall-PSResource removes a version also while it is loaded.
        foreach (var name in OwnNames.Concat(PackageNames))
        {
            _ = context.LoadFromAssemblyName(new AssemblyName(name));
        }

        // Never taken back: a removed module may still be in use in another runspace.
        Default.Resolving += (_, name) => name.Name is { } own && OwnNames.Contains(own) ? context.LoadFromAssemblyName(name) : null;
        return context;
    }
}
