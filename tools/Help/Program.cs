using IoTF.Help.Commands;
using IoTF.Help.Maml;
using IoTF.Help.Pages;
using IoTF.Help.Topics;

namespace IoTF.Help;

/// <summary>Makes what <c>Get-Help</c> reads from the Markdown of <c>docs/en-US</c> and the module itself.</summary>
internal static class Program
{
    private const string HelpFile = "IoTF.PowerShell.dll-Help.xml";

    private static int Main(string[] arguments)
    {
        if (arguments is not [var manifest, var source, var target])
        {
            Console.Error.WriteLine("Usage: IoTF.Help <manifest> <folder of pages> <folder of help>");
            return 2;
        }

        try
        {
            Make(manifest, source, target);
            return 0;
        }
        catch (PageException exception)
        {
            // The form in which a build shows an error beside its file.
            Console.Error.WriteLine($"{exception.Path}({exception.Line}): error HELP: {exception.Message}");
            return 1;
        }
    }

    private static void Make(string manifest, string source, string target)
    {
        Directory.CreateDirectory(target);
        var topics = Directory.GetFiles(source, "about_*.md");
        foreach (var topic in topics)
        {
            Write(Path.Combine(target, $"{Path.GetFileNameWithoutExtension(topic)}.help.txt"), AboutTopic.Read(topic));
        }

        var pages = PageFolder.Read(source);
        var commands = ModuleCommands.Read(manifest);

        // Last, because it is the file by whose age a build tells whether the help is that of its sources.
        Write(Path.Combine(target, HelpFile), MamlDocument.Make(commands, pages));
    }

    /// <summary>In one step, so that a reader never finds half a file.</summary>
    private static void Write(string path, string text)
    {
        var draft = $"{path}.{Environment.ProcessId}";
        File.WriteAllText(draft, text);
        File.Move(draft, path, overwrite: true);
    }
}
