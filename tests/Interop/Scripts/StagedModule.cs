namespace IoTF.Tests.Interop.Scripts;

/// <summary>The module as its users get it: the manifest of the checkout, and what the build left in <c>bin</c>.</summary>
public static class StagedModule
{
    /// <summary>The root of the checkout.</summary>
    public static string Root => Pwsh.Checkout;

    /// <summary>The folder with the module's assemblies.</summary>
    public static string Assemblies { get; } = Path.Combine(Root, "bin");

    /// <summary>What scripts import.</summary>
    public static string Manifest { get; } = Path.Combine(Root, "IoTF.psd1");
}
