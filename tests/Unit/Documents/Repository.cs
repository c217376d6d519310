using System.Runtime.CompilerServices;

namespace IoTF.Tests.Unit.Documents;

/// <summary>The files of the project as they are in its repository, without what is built or downloaded.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    public static IEnumerable<string> Files(params string[] extensions) =>
        from file in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
        where extensions.Contains(Path.GetExtension(file))
        where !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(static part => part is "bin" or "obj" or "node_modules" or ".git" or "package")
        select file;

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
