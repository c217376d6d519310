using System.Management.Automation;
using System.Xml.Linq;
using IoTF.Help.Commands;
using IoTF.Help.Pages;

namespace IoTF.Help.Maml;

/// <summary>The help of the cmdlets in the XML that PowerShell reads (MAML): prose from the pages, facts from the cmdlets.</summary>
internal static class MamlDocument
{
    private static readonly XNamespace Root = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    /// <summary>Makes the document. A cmdlet without a page has no help, which the tests find.</summary>
    public static string Make(IEnumerable<CmdletInfo> commands, IReadOnlyDictionary<string, Page> pages)
    {
        var items = commands.Where(command => pages.ContainsKey(command.Name)).Select(command => Make(command, pages[command.Name]));
        var document = new XElement(
            Root + "helpItems",
            new XAttribute("schema", "maml"),
            new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            items);
        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{document}\n";
    }

    private static XElement Make(CmdletInfo command, Page page) => new(
        Command + "command",
        new XElement(
            Command + "details",
            new XElement(Command + "name", command.Name),
            new XElement(Command + "verb", command.Verb),
            new XElement(Command + "noun", command.Noun),
            Description([page.Synopsis])),
        Description(page.Description),
        new XElement(Command + "syntax", command.ParameterSets.Select(set => Syntax(command, set, page))),
        new XElement(Command + "parameters", Parameters(command, page)),
        new XElement(Command + "inputTypes", page.Inputs.Select(static type => TypeOf("inputType", type))),
        new XElement(Command + "returnValues", page.Outputs.Select(static type => TypeOf("returnValue", type))),
        new XElement(Maml + "alertSet", new XElement(Maml + "alert", Paragraphs(page.Notes))),
        new XElement(Command + "examples", page.Examples.Select(Example)),
        new XElement(Command + "relatedLinks", OnlineVersion(command).Concat(page.Links).Select(Link)));

    /// <summary>Comes first, because <c>Get-Help -Online</c> opens the first address. Forges have the files of the main branch there.</summary>
    private static IEnumerable<PageLink> OnlineVersion(CmdletInfo command) =>
        command.Module.ProjectUri is { } project ? [new("Online version", $"{project.ToString().TrimEnd('/')}/blob/main/docs/en-US/{command.Name}.md")] : [];

    private static XElement Link(PageLink link) => new(
        Maml + "navigationLink", new XElement(Maml + "linkText", link.Text), new XElement(Maml + "uri", link.Address));

    private static XElement Syntax(CmdletInfo command, CommandParameterSetInfo set, Page page) => new(
        Command + "syntaxItem",
        new XElement(Maml + "name", command.Name),
        ParameterFacts.Own(set).Select(parameter => Parameter(command, parameter, page)));

    /// <summary>Each parameter once, by name; where sets differ, as it is in the set that demands it.</summary>
    private static IEnumerable<XElement> Parameters(CmdletInfo command, Page page) => command.ParameterSets
        .SelectMany(ParameterFacts.Own)
        .GroupBy(static parameter => parameter.Name)
        .OrderBy(static group => group.Key, StringComparer.OrdinalIgnoreCase)
        .Select(group => Parameter(command, group.OrderByDescending(static parameter => parameter.IsMandatory).First(), page));

    private static XElement Parameter(CmdletInfo command, CommandParameterInfo parameter, Page page)
    {
        var values = ParameterFacts.Values(parameter);
        var isSwitch = parameter.ParameterType == typeof(SwitchParameter);
        return new XElement(
            Command + "parameter",
            new XAttribute("required", parameter.IsMandatory),
            new XAttribute("variableLength", parameter.ParameterType.IsArray),
            new XAttribute("globbing", ParameterFacts.TakesWildcards(parameter)),
            new XAttribute("pipelineInput", ParameterFacts.Pipeline(parameter)),
            new XAttribute("position", ParameterFacts.Position(parameter)),
            new XAttribute("aliases", ParameterFacts.Aliases(parameter)),
            new XElement(Maml + "name", parameter.Name),
            Description(values.Count == 0 ? page.TextOf(parameter.Name) : [.. page.TextOf(parameter.Name), $"Accepted values: {string.Join(", ", values)}."]),
            isSwitch ? null : new XElement(
                Command + "parameterValue", new XAttribute("required", true), new XAttribute("variableLength", parameter.ParameterType.IsArray), ParameterFacts.TypeName(parameter)),
            new XElement(Dev + "type", new XElement(Maml + "name", ParameterFacts.TypeName(parameter)), new XElement(Maml + "uri")),
            new XElement(Dev + "defaultValue", ParameterFacts.Default(command, parameter)));
    }

    private static XElement Example(PageExample example, int index) => new(
        Command + "example",
        new XElement(Maml + "title", $"Example {index + 1}: {example.Title}"),
        new XElement(Dev + "code", example.Code),
        new XElement(Dev + "remarks", Paragraphs(example.Remarks)));

    private static XElement TypeOf(string element, PageType type) => new(
        Command + element,
        new XElement(Dev + "type", new XElement(Maml + "name", type.Name)),
        Description(type.Text));

    private static XElement Description(IEnumerable<string> text) => new(Maml + "description", Paragraphs(text));

    private static IEnumerable<XElement> Paragraphs(IEnumerable<string> text) => text.Select(static paragraph => new XElement(Maml + "para", paragraph));
}
