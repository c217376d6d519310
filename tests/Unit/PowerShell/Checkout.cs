namespace IoTF.Tests.Unit.PowerShell;

/// <summary>The folder the tests were built from.</summary>
internal static class Checkout
{
    /// <summary>The full path of a file in it.</summary>
    public static string File(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "IoTF.psd1")))
        {
            folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside of the checkout.");
        }

        return Path.Combine(folder.FullName, name);
    }
}
