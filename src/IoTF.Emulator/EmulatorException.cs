namespace IoTF.Emulator;

/// <summary>The local service could not do what was asked.</summary>
public sealed class EmulatorException : Exception
{
    /// <summary>Makes the exception for one cause.</summary>
    /// <param name="errorId">One of the names in <see cref="EmulatorErrorId"/>.</param>
    /// <param name="message">What happened, and what to do next.</param>
    /// <param name="innerException">The exception it was recognized by.</param>
    public EmulatorException(string errorId, string message, Exception? innerException = null)
        : base(message, innerException) => ErrorId = errorId;

    /// <summary>The stable name of the cause, one of the names in <see cref="EmulatorErrorId"/>.</summary>
    public string ErrorId { get; }
}

/// <summary>The stable names of what the local service can fail with. They are an interface: error records and scripts refer to them.</summary>
public static class EmulatorErrorId
{
    /// <summary>The port that was asked for is in use, or may not be used.</summary>
    public const string EmulatorPortUnavailable = nameof(EmulatorPortUnavailable);

    /// <summary>The device or gateway is registered already.</summary>
    public const string DeviceAlreadyRegistered = nameof(DeviceAlreadyRegistered);

    /// <summary>Quickstart has no registrations: its clients connect without credentials.</summary>
    public const string QuickstartHasNoRegistrations = nameof(QuickstartHasNoRegistrations);

    /// <summary>Quickstart has rules of its own that cannot be changed.</summary>
    public const string QuickstartRulesAreFixed = nameof(QuickstartRulesAreFixed);

    /// <summary>The file that keeps the local service over a restart is not such a file, or is damaged.</summary>
    public const string EmulatorFileDamaged = nameof(EmulatorFileDamaged);

    /// <summary>The file that keeps the local service over a restart cannot be read or written, or another service has it.</summary>
    public const string EmulatorFileUnavailable = nameof(EmulatorFileUnavailable);

    /// <summary>The local service has been stopped.</summary>
    public const string EmulatorStopped = nameof(EmulatorStopped);
}
