namespace IoTF.Tests.Interop.Signals;

/// <summary>How long a wait may last before the test fails. It bounds failures only: signals end every wait that succeeds.</summary>
public static class Deadline
{
    public static TimeSpan Default { get; } = TimeSpan.FromMinutes(2);
}
