namespace IoTF.Emulator.Persistence;

/// <summary>A file that only its owner can read, and that is there as a whole or not at all.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a file beside the old one and puts it in its place.</summary>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var temporary = $"{path}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // What a crash left may have another owner's rights.
        File.Delete(temporary);
        var file = new FileStream(temporary, options);
        await using (file.ConfigureAwait(false))
        {
            await write(file).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
