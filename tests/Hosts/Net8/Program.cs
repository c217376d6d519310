using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace IoTF.Tests.Net8Host;

/// <summary>Loads the staged module in the order of PowerShell, lists the types of its root assembly, and lets a device and an application talk.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        var bin = arguments[0];
        try
        {
            Console.WriteLine($"runtime: {Environment.Version.Major}");
            if (!arguments.Contains("--without-loader"))
            {
                Install(Path.Combine(bin, "IoTF.Loader.dll"));
            }

            var root = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.Combine(bin, "IoTF.PowerShell.dll"));
            Console.WriteLine($"cmdlets: {root.ExportedTypes.Count(static type => type.IsDefined(typeof(CmdletAttribute)))}");
            Console.WriteLine($"signatures: {(root.ExportedTypes.SelectMany(Signature).Distinct().Any(static type => type.Assembly.GetName().Name == "IoTF.Client") ? "resolved" : "none")}");
            Console.WriteLine(await TalkAsync());
            return 0;
        }
        catch (FileNotFoundException missing)
        {
            Console.WriteLine($"missing: {missing.FileName}");
            return 1;
        }
    }

    /// <summary>What the loader does at an import, without the half of it that asks PowerShell which module is being imported.</summary>
    private static void Install(string loader) => AssemblyLoadContext.Default.LoadFromAssemblyPath(loader)
        .GetType("IoTF.Loader.PrivateAssemblies", throwOnError: true)!
        .GetMethod("Install", BindingFlags.Static | BindingFlags.NonPublic)!
        .Invoke(obj: null, parameters: null);

    private static IEnumerable<Type> Signature(Type type) =>
        type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            .SelectMany(static method => method.GetParameters().Select(static parameter => parameter.ParameterType).Append(method.ReturnType))
            .Concat(type.GetFields(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic).Select(static field => field.FieldType));

    /// <summary>Not inlined: the types in it must not be looked for before the loader has run.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<string> TalkAsync() => Scene.TalkAsync();
}
