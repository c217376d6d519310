using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;
using System.Text;
using IoTF.Emulator.Persistence;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

public sealed class PrivateFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iotf-private-");

    private string Target => Path.Combine(_folder.FullName, "state.json");

    private string Temporary => Target + ".new";

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Only_its_owner_has_rights_from_the_moment_it_exists()
    {
        await PrivateFile.WriteAsync(
            Target,
            async file =>
            {
                AssertOwnerOnly(Temporary);
                await file.WriteAsync("secret"u8.ToArray());
            },
            TimeProvider.System);

        AssertOwnerOnly(Target);
        Assert.Equal("secret", await File.ReadAllTextAsync(Target));
        Assert.False(File.Exists(Temporary));
    }

    [Fact]
    public async Task Rights_of_older_files_do_not_stay()
    {
        // As a crash, another version or an administrator may leave them.
        await File.WriteAllTextAsync(Target, "old");
        await File.WriteAllTextAsync(Temporary, "half");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Target, (UnixFileMode)0b110_110_110);
            File.SetUnixFileMode(Temporary, (UnixFileMode)0b110_110_110);
        }

        await WriteAsync("new");
        AssertOwnerOnly(Target);
        Assert.Equal("new", await File.ReadAllTextAsync(Target));
    }

    [Fact]
    public void The_lock_of_a_state_file_is_its_owners_too()
    {
        using (StateFile.Open(Target))
        {
            AssertOwnerOnly(Target + ".lock");
        }

        Assert.False(File.Exists(Target + ".lock"));
    }

    [UnixFact]
    public async Task What_a_link_in_the_way_points_to_is_not_written()
    {
        var other = Path.Combine(_folder.FullName, "other");
        await File.WriteAllTextAsync(other, "theirs");
        File.CreateSymbolicLink(Temporary, other);
        await WriteAsync("mine");
        Assert.Equal("theirs", await File.ReadAllTextAsync(other));
        Assert.Equal("mine", await File.ReadAllTextAsync(Target));
    }

    [WindowsFact]
    public async Task A_file_that_another_program_holds_for_a_moment_is_replaced()
    {
        await WriteAsync("old");
        var scanner = new FileStream(Target, FileMode.Open, FileAccess.Read, FileShare.Read);
        var clock = new HastyClock(pauses =>
        {
            if (pauses == 2)
            {
                scanner.Dispose();
            }
        });
        await PrivateFile.WriteAsync(Target, file => file.WriteAsync("new"u8.ToArray()).AsTask(), clock);
        Assert.Equal(2, clock.Pauses);
        Assert.Equal("new", await File.ReadAllTextAsync(Target));
        AssertOwnerOnly(Target);
    }

    [WindowsFact]
    public async Task A_file_that_another_program_keeps_is_given_up()
    {
        await WriteAsync("old");
        await using (new FileStream(Target, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            var clock = new HastyClock();
            await Assert.ThrowsAnyAsync<Exception>(() => PrivateFile.WriteAsync(Target, static _ => Task.CompletedTask, clock));
            Assert.Equal(HeldFile.Limit / HeldFile.Pause, clock.Pauses);
        }

        Assert.Equal("old", await File.ReadAllTextAsync(Target));
    }

    private Task WriteAsync(string text) => PrivateFile.WriteAsync(Target, file => file.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask(), TimeProvider.System);

    private static void AssertOwnerOnly(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            AssertOwnersAccessList(path);
        }
        else
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        }
    }

    [SupportedOSPlatform("windows")]
    private static void AssertOwnersAccessList(string path)
    {
        // Wine, which keeps the rights of Unix, adds the system's own account. What a folder hands down has administrators in it, or everybody.
        using var user = WindowsIdentity.GetCurrent();
        var rules = new FileInfo(path).GetAccessControl(AccessControlSections.Access)
            .GetAccessRules(includeExplicit: true, includeInherited: true, typeof(SecurityIdentifier)).Cast<AuthorizationRule>().ToList();
        Assert.Contains(rules, rule => rule.IdentityReference == user.User);
        Assert.All(rules, rule => Assert.True(
            rule.IdentityReference == user.User || ((SecurityIdentifier)rule.IdentityReference).IsWellKnown(WellKnownSidType.LocalSystemSid),
            $"{rule.IdentityReference} has rights."));
    }
}
