namespace IoTF.Tests.Interop.Programs;

/// <summary>A folder of one test, readable by its user only, deleted at the end.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string FullName { get; } = Directory.CreateTempSubdirectory("iotf-interop-").FullName;

    public string PathOf(string fileName) => Path.Combine(FullName, fileName);

    public string Write(string fileName, string text)
    {
        File.WriteAllText(PathOf(fileName), text);
        return PathOf(fileName);
    }

    public void Dispose()
    {
        if (Directory.Exists(FullName))
        {
            Directory.Delete(FullName, recursive: true);
        }
    }
}
