using System.Text.Json;

namespace IoTF.Emulator.Persistence;

/// <summary>
/// The file that a local service is kept in. One service has it at a time. What is there and cannot be understood is refused and left as it is.
/// </summary>
internal sealed class StateFile : IDisposable
{
    private const string LockSuffix = ".lock";
    private readonly FileStream _lock;

    private StateFile(string path, FileStream taken)
    {
        Path = path;
        _lock = taken;
    }

    public string Path { get; }

    /// <summary>Takes the file for this service.</summary>
    /// <exception cref="EmulatorException">Its folder cannot be written to, or another service has it.</exception>
    public static StateFile Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            return new StateFile(path, PrivateFile.Open(path + LockSuffix, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileOptions.DeleteOnClose));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(path, exception);
        }
    }

    /// <summary>Reads what an earlier service left.</summary>
    /// <returns>Null when there is no file yet.</returns>
    /// <exception cref="EmulatorException">It cannot be read, or is not such a file.</exception>
    public SavedState? Read()
    {
        try
        {
            if (!File.Exists(Path))
            {
                return null;
            }

            using var file = File.OpenRead(Path);
            var state = JsonSerializer.Deserialize(file, SavedStateJson.Default.SavedState);
            return state switch
            {
                { Format: SavedState.ThisFormat, Version: SavedState.ThisVersion } => state,
                { Format: SavedState.ThisFormat } => throw Damaged($"it is of version {state.Version}, and {SavedState.ThisVersion} is known here"),
                _ => throw Damaged("it is something else"),
            };
        }
        catch (JsonException exception)
        {
            throw Damaged(exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unavailable(Path, exception);
        }
    }

    /// <summary>Writes the file anew; until that is done the old one stays.</summary>
    public Task WriteAsync(SavedState state, TimeProvider clock) =>
        PrivateFile.WriteAsync(Path, file => JsonSerializer.SerializeAsync(file, state, SavedStateJson.Default.SavedState), clock);

    /// <summary>What is thrown over a file that says what cannot be.</summary>
    public EmulatorException Damaged(string reason, Exception? innerException = null) => new(
        EmulatorErrorId.EmulatorFileDamaged,
        $"'{Path}' is not the file of an emulator, or is damaged: {reason.TrimEnd('.')}. It was not changed. Restore it from a copy, or use another -Path.",
        innerException);

    public void Dispose() => _lock.Dispose();

    private static EmulatorException Unavailable(string path, Exception exception) => new(
        EmulatorErrorId.EmulatorFileUnavailable,
        $"The emulator cannot use the file '{path}': {exception.Message} Stop the emulator that has it, check its folder and its permissions, or use another -Path.",
        exception);
}
