namespace IoTF.Tests.Pester.Reader.Running;

/// <summary>The folder <c>$TestDrive</c>: what a block puts there is gone after the block.</summary>
internal sealed class TestDrive : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iotf-tests-");

    public string Path => _folder.FullName;

    /// <summary>Takes down what is there.</summary>
    /// <returns>Removes everything that came since.</returns>
    public IDisposable EnterBlock() => new Snapshot(_folder);

    public void Dispose() => _folder.Delete(recursive: true);

    private sealed class Snapshot(DirectoryInfo folder) : IDisposable
    {
        private readonly HashSet<string> _before = [.. Directory.EnumerateFileSystemEntries(folder.FullName, "*", SearchOption.AllDirectories)];

        public void Dispose()
        {
            // Deeper entries come later; those of a folder that is gone by then are gone with it.
            var added = Directory.GetFileSystemEntries(folder.FullName, "*", SearchOption.AllDirectories).Where(entry => !_before.Contains(entry));
            foreach (var entry in added.ToList())
            {
                if (Directory.Exists(entry))
                {
                    Directory.Delete(entry, recursive: true);
                }
                else if (File.Exists(entry))
                {
                    File.Delete(entry);
                }
            }
        }
    }
}
