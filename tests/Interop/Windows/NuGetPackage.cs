using System.Reflection;

namespace IoTF.Tests.Interop.Windows;

/// <summary>A package that the build downloads for these tests without a reference to it (<c>PackageDownload</c> in the project).</summary>
internal static class NuGetPackage
{
    /// <summary>The path of a folder or file in a package.</summary>
    /// <param name="package">Its name, with its version in the property of the project that <paramref name="versionProperty"/> names.</param>
    /// <param name="versionProperty">The property.</param>
    /// <param name="parts">The path in the package.</param>
    public static string PathOf(string package, string versionProperty, params string[] parts) =>
        Path.Combine([Said("NuGetPackageRoot"), package.ToLowerInvariant(), Said(versionProperty), .. parts]);

    /// <summary>What the project says about itself.</summary>
    public static string Said(string name) => typeof(NuGetPackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(said => said.Key == name).Value!;
}
