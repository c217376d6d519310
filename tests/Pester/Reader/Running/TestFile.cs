using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using IoTF.Shell.Engine;
using IoTF.Shell.Hosting;
using IoTF.Tests.Pester.Reader.Keywords;
using IoTF.Tests.Pester.Reader.Model;

namespace IoTF.Tests.Pester.Reader.Running;

/// <summary>Reads one test file in a runspace of its own, and runs it if asked to.</summary>
public sealed class TestFile
{
    private readonly string _path;
    private readonly CapturingUserInterface _ui = new();
    private readonly List<string> _errors = [];
    private Block? _file;

    private TestFile(string path)
    {
        _path = Path.GetFullPath(path);
    }

    /// <summary>Finds the tests of a file without running them.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its tests, or why it could not be read.</returns>
    public static TestFileReport Discover(string path) => new TestFile(path).Read(run: false);

    /// <summary>Runs the tests of a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What became of each.</returns>
    public static TestFileReport Run(string path) => new TestFile(path).Read(run: true);

    private TestFileReport Read(bool run)
    {
        using var drive = new TestDrive();
        using var runspace = PowerShellEngine.Open(new ShellHost(_ui), new EngineOptions
        {
            WorkingDirectory = Path.GetDirectoryName(_path),
            Configure = KeywordTable.AddTo,
            Variables = new Dictionary<string, object?> { ["TestDrive"] = drive.Path },
        });
        Invoke(runspace, engine => DiscoverAndRun(runspace, engine, run ? drive : null));
        return Report(run);
    }

    private void Invoke(Runspace runspace, Action<EngineIntrinsics> action)
    {
        using var shell = PowerShell.Create(runspace);
        shell.AddScript("$args[0].Invoke($ExecutionContext)", useLocalScope: false)
            .AddArgument(action);

        // Errors that end nothing fail no test, as in Pester; they are shown with the tests that do fail.
        shell.Streams.Error.DataAdded += (_, added) => _ui.WriteErrorLine(ErrorText.Of(shell.Streams.Error[added.Index]));
        try
        {
            shell.Invoke();
        }
        catch (RuntimeException error)
        {
            _errors.Add(ErrorText.Of(error.ErrorRecord));
        }
    }

    private void DiscoverAndRun(Runspace runspace, EngineIntrinsics engine, TestDrive? drive)
    {
        var scope = new ScriptScope(engine);
        var discovery = Discovery.Start(runspace);
        ErrorRecord? error = null;
        scope.Enter(() => error = scope.Run(FileBody(engine)));
        discovery.Close();
        if (error is not null || LeftWithExit(engine))
        {
            _errors.Add(error is null ? "The file left with exit before all of its tests were known." : ErrorText.Of(error));
            return;
        }

        _file = discovery.File;
        if (drive is not null)
        {
            new Execution(scope, drive, ErrorText.Of).Run(discovery.File);
        }
    }

    private ScriptBlock FileBody(EngineIntrinsics engine)
    {
        var name = CodeGeneration.EscapeSingleQuotedStringContent(_path);
        return engine.InvokeCommand.NewScriptBlock($"& '{name}'");
    }

    // An exit outside of the tests ends the file like its last line would, and leaves no other trace than this.
    private bool LeftWithExit(EngineIntrinsics engine) =>
        engine.SessionState.PSVariable.GetValue("LASTEXITCODE") is int
        && Parser.ParseFile(_path, out _, out _).Find(ast => ast is ExitStatementAst, searchNestedScriptBlocks: true) is not null;

    private TestFileReport Report(bool run)
    {
        var error = _errors.Count > 0 ? string.Join('\n', _errors) : _file is null ? "The file ended before its tests were known." : null;
        return new TestFileReport(_path, error, [.. (_file?.AllTests ?? []).Select(test => Result(test, run))]);
    }

    private TestResult Result(Test test, bool run)
    {
        var outcome = test.Skip ? TestOutcome.Skipped
            : !run ? TestOutcome.NotRun
            : test.Finished && test.Failures.Count == 0 ? TestOutcome.Passed
            : TestOutcome.Failed;
        return new TestResult(test.FullName, outcome, outcome == TestOutcome.Failed ? Message(test) : string.Empty, test.Tags);
    }

    private string Message(Test test)
    {
        var reasons = test.Finished ? test.Failures : ["It did not run to its end: an exit, or the end of the runspace, came before."];
        var written = _ui.AllText();
        return string.Join('\n', reasons) + (written.Length > 0 ? $"\n\nWritten by the tests of this file:\n{written}" : string.Empty);
    }
}
