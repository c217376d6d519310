using System.Text;
using IoTF.Shell.CommandLine;
using IoTF.Shell.Engine;
using IoTF.Shell.Hosting;
using IoTF.Shell.Scripting;

const int WrongUsage = 64;

var arguments = ShellArguments.Parse(args);
switch (arguments.Kind)
{
    case ShellTask.Help:
        Console.Out.WriteLine(ShellArguments.Usage);
        return 0;
    case ShellTask.Mistake:
        Console.Error.WriteLine(arguments.Target);
        Console.Error.WriteLine(ShellArguments.Usage);
        return WrongUsage;
}

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var ui = new ConsoleUserInterface();
var host = new ShellHost(ui);
using var runspace = PowerShellEngine.Open(host);
var runner = new ScriptRunner(runspace, host);
using var interruptions = new Interruptions(runner, interactive: arguments.Kind == ShellTask.Prompt);

var exitCode = arguments.Kind switch
{
    ShellTask.File => runner.RunFile(arguments.Target, ScriptArguments.Parse(arguments.Rest)),
    ShellTask.Command => runner.RunCommand(arguments.Target),
    _ => new InteractivePrompt(runner, host, ui, () => runspace.SessionStateProxy.Path.CurrentLocation.Path).Run(),
};

// Closed while Ctrl+C still counts, so that a server that does not answer cannot hold the process.
runspace.Close();
return interruptions.ExitCode ?? exitCode;
