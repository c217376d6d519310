namespace IoTF.Tests.Interop.Programs;

/// <summary>A signal of the operating system, with its number on Linux and macOS.</summary>
public enum Signal
{
    /// <summary>What Ctrl+C sends.</summary>
    Interrupt = 2,

    /// <summary>Ends the process without a chance to say goodbye.</summary>
    Kill = 9,

    /// <summary>Asks the process to end.</summary>
    Terminate = 15,
}
