namespace IoTF.Tests.Interop.Programs;

/// <summary>A signal of the operating system, with its number on Linux.</summary>
public enum Signal
{
    /// <summary>What Ctrl+C sends.</summary>
    Interrupt = 2,

    /// <summary>Ends the process without a chance to say goodbye.</summary>
    Kill = 9,

    /// <summary>Asks the process to end.</summary>
    Terminate = 15,

    /// <summary>Goes on after <see cref="Stop"/>.</summary>
    Continue = 18,

    /// <summary>Does nothing more until <see cref="Continue"/>; connections stay as they are.</summary>
    Stop = 19,
}
