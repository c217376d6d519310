using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace IoTF.Emulator.Persistence;

/// <summary>Files that only their owner can read, from the moment they exist.</summary>
internal static class PrivateFile
{
    private const int BufferSize = 4096;

    /// <summary>Writes a file beside the old one and puts it in its place: it is there as a whole or not at all.</summary>
    public static async Task WriteAsync(string path, Func<Stream, Task> write, TimeProvider clock)
    {
        var temporary = $"{path}.new";

        // A crash may have left one, with another owner's rights. Deleted and created anew, it is never somebody else's file or link.
        FileStream? created = null;
        await HeldFile.RetryAsync(
            () =>
            {
                File.Delete(temporary);
                created = Open(temporary, FileMode.CreateNew, FileAccess.Write, FileOptions.Asynchronous);
            },
            clock).ConfigureAwait(false);
        await using (created!.ConfigureAwait(false))
        {
            await write(created!).ConfigureAwait(false);
            created!.Flush(flushToDisk: true);
        }

        await HeldFile.RetryAsync(() => File.Move(temporary, path, overwrite: true), clock).ConfigureAwait(false);
    }

    /// <summary>Opens a file that nobody else can open meanwhile, for its owner only if it is created.</summary>
    public static FileStream Open(string path, FileMode mode, FileAccess access, FileOptions options) => OperatingSystem.IsWindows()
        ? new FileInfo(path).Create(
            mode,
            access == FileAccess.Write ? FileSystemRights.Write : FileSystemRights.Read | FileSystemRights.Write,
            FileShare.None,
            BufferSize,
            options,
            OwnerOnly())
        : new FileStream(path, new FileStreamOptions
        {
            Mode = mode,
            Access = access,
            Share = FileShare.None,
            BufferSize = BufferSize,
            Options = options,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });

    /// <summary>An access list that takes nothing from the folder, which as a rule lets every user read.</summary>
    [SupportedOSPlatform("windows")]
    private static FileSecurity OwnerOnly()
    {
        using var identity = WindowsIdentity.GetCurrent();
        var security = new FileSecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(identity.User!, FileSystemRights.FullControl, AccessControlType.Allow));
        return security;
    }
}
