using System.Collections.Concurrent;
using System.Reflection;
using IoTF.Tests.Pester.Reader.Model;
using IoTF.Tests.Pester.Reader.Running;

namespace IoTF.Tests.Pester.Results;

/// <summary>The test files of this folder, and their results: each file is run once.</summary>
internal static class TestFiles
{
    private static readonly ConcurrentDictionary<string, Lazy<TestFileReport>> Reports = new();

    // Files find the module relative to themselves, so they are run where they stand in the checkout.
    private static readonly string Folder = typeof(TestFiles).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "TestFolder").Value!;

    public static IReadOnlyList<string> All =>
        [.. Directory.EnumerateFiles(Folder, "*.Tests.ps1").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static string FullPath(string file) => Path.Combine(Folder, file);

    public static TestFileReport Run(string file) =>
        Reports.GetOrAdd(file, name => new Lazy<TestFileReport>(() => TestFile.Run(FullPath(name)))).Value;
}
