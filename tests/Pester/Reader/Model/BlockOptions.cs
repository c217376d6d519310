namespace IoTF.Tests.Pester.Reader.Model;

/// <summary>What a Describe, Context or It was given beside its name and body.</summary>
/// <param name="Skip">Not run.</param>
/// <param name="Tags">Words to select tests by.</param>
internal sealed record BlockOptions(bool Skip, IReadOnlyList<string> Tags);
