namespace IoTF.Shell.Hosting;

/// <summary>Where a piece of text was written to.</summary>
public enum OutputStream
{
    /// <summary>Formatted output, and what a script writes to the host.</summary>
    Output,

    /// <summary>Formatted error records.</summary>
    Error,

    /// <summary>Warnings, without their <c>WARNING: </c> prefix.</summary>
    Warning,

    /// <summary>Verbose messages, without their prefix.</summary>
    Verbose,

    /// <summary>Debug messages, without their prefix.</summary>
    Debug,

    /// <summary>Information records that no one wrote as plain host output.</summary>
    Information,

    /// <summary>Progress, one line for each record.</summary>
    Progress,
}
