using System.Collections;
using System.Management.Automation.Language;
using IoTF.PowerShell.Completion;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class ConfigurationFileCompleterTests : IClassFixture<Engine>, IDisposable
{
    private readonly Engine _engine;
    private readonly DirectoryInfo _folder =
        Directory.CreateDirectory(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), $"iotf-{Guid.NewGuid():N}"));

    public ConfigurationFileCompleterTests(Engine engine)
    {
        _engine = engine;
        File.WriteAllText(Path.Combine(_folder.FullName, "device.yaml"), "");
        File.WriteAllText(Path.Combine(_folder.FullName, "other.yaml"), "");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("~/{0}/dev", "~/{0}/device.yaml")]
    [InlineData("~\\{0}\\dev", "~\\{0}\\device.yaml")]
    [InlineData("~\\{0}/dev", "~\\{0}/device.yaml")]
    public void Home_is_understood_with_either_separator(string word, string completed) =>
        Assert.Equal([string.Format(null, completed, _folder.Name)], Complete(string.Format(null, word, _folder.Name)));

    [Theory]
    [InlineData("{0}/dev", "{0}/device.yaml")]
    [InlineData("{0}\\dev", "{0}\\device.yaml")]
    public void So_are_paths_that_start_at_the_current_location(string word, string completed)
    {
        _engine.Run("param($folder) $null = $ExecutionContext.SessionState.Path.SetLocation($folder)", _folder.Parent!.FullName);
        Assert.Equal([string.Format(null, completed, _folder.Name)], Complete(string.Format(null, word, _folder.Name)));
    }

    private string[] Complete(string word)
    {
        var command = (CommandAst)((PipelineAst)Parser.ParseInput("Connect-IoTFDevice", out _, out _).EndBlock.Statements[0]).PipelineElements[0];
        return _engine.Within(() => new ConfigurationFileCompleter()
            .CompleteArgument("Connect-IoTFDevice", "ConfigurationFile", word, command, new Hashtable())
            .Select(static result => result.CompletionText)
            .ToArray());
    }
}
