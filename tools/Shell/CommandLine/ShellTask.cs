namespace IoTF.Shell.CommandLine;

/// <summary>What the program is asked to do.</summary>
public enum ShellTask
{
    /// <summary>Run a script file.</summary>
    File,

    /// <summary>Run the text of a command.</summary>
    Command,

    /// <summary>Read commands line by line.</summary>
    Prompt,

    /// <summary>Say how the program is called.</summary>
    Help,

    /// <summary>Say what is wrong with the command line.</summary>
    Mistake,
}
