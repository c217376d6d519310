namespace IoTF.Loader;

/// <summary>The stable ids of the errors that an import can end in.</summary>
public static class LoaderErrorId
{
    /// <summary>This process has loaded another copy of the module.</summary>
    public const string OtherCopyLoaded = "OtherCopyLoaded";
}
