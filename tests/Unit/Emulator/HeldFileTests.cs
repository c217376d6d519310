using IoTF.Emulator.Persistence;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

public sealed class HeldFileTests
{
    // HRESULT of ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION and ERROR_DISK_FULL.
    private const int SharingViolation = unchecked((int)0x80070020);
    private const int LockViolation = unchecked((int)0x80070021);
    private const int DiskFull = unchecked((int)0x80070070);

    [Theory]
    [InlineData(SharingViolation)]
    [InlineData(LockViolation)]
    public async Task It_is_tried_until_the_file_is_free(int result)
    {
        var clock = new HastyClock();
        var tries = 0;
        await HeldFile.RetryAsync(
            () =>
            {
                if (++tries < 4)
                {
                    throw new IOException("held", result);
                }
            },
            clock);
        Assert.Equal((4, 3), (tries, clock.Pauses));
    }

    [Fact]
    public async Task It_is_given_up_in_the_end()
    {
        var clock = new HastyClock();
        var error = await Assert.ThrowsAsync<IOException>(() => HeldFile.RetryAsync(() => throw new IOException("held", SharingViolation), clock));
        Assert.Equal("held", error.Message);
        Assert.Equal(HeldFile.Limit / HeldFile.Pause, clock.Pauses);
    }

    [Fact]
    public async Task Nothing_else_is_tried_again()
    {
        var clock = new HastyClock();
        await Assert.ThrowsAsync<IOException>(() => HeldFile.RetryAsync(() => throw new IOException("full", DiskFull), clock));
        Assert.Equal(0, clock.Pauses);
    }

    [UnixFact]
    public async Task Missing_rights_are_not_tried_again_where_a_held_file_is_never_the_reason()
    {
        var clock = new HastyClock();
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => HeldFile.RetryAsync(() => throw new UnauthorizedAccessException("no rights"), clock));
        Assert.Equal(0, clock.Pauses);
    }
}
