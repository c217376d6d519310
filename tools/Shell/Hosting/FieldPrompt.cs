using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace IoTF.Shell.Hosting;

/// <summary>Asks for the values of fields, as for the mandatory parameters that a call left out.</summary>
internal static class FieldPrompt
{
    internal static Dictionary<string, PSObject> Ask(PSHostUserInterface ui, IEnumerable<FieldDescription> fields)
    {
        var answers = new Dictionary<string, PSObject>(StringComparer.OrdinalIgnoreCase);
        foreach (var field in fields)
        {
            var type = LanguagePrimitives.TryConvertTo<Type>(field.ParameterAssemblyFullName, out var exact) ? exact
                : LanguagePrimitives.TryConvertTo<Type>(field.ParameterTypeFullName, out var named) ? named
                : typeof(string);
            answers[field.Name] = PSObject.AsPSObject(AskOne(ui, field, type));
        }

        return answers;
    }

    private static object AskOne(PSHostUserInterface ui, FieldDescription field, Type type)
    {
        var label = string.IsNullOrEmpty(field.Label) ? field.Name : field.Label.Replace("&", string.Empty, StringComparison.Ordinal);
        if (type == typeof(SecureString))
        {
            ui.Write($"{label}: ");
            return ui.ReadLineAsSecureString();
        }

        if (type == typeof(PSCredential))
        {
            return ui.PromptForCredential(string.Empty, label, string.Empty, string.Empty);
        }

        if (type.IsArray)
        {
            return LanguagePrimitives.ConvertTo(AskList(ui, label), type, System.Globalization.CultureInfo.InvariantCulture);
        }

        ui.Write($"{label}: ");
        return LanguagePrimitives.ConvertTo(ui.ReadLine(), type, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string[] AskList(PSHostUserInterface ui, string label)
    {
        var items = new List<string>();
        while (true)
        {
            ui.Write($"{label}[{items.Count}]: ");
            var item = ui.ReadLine();
            if (item.Length == 0)
            {
                return [.. items];
            }

            items.Add(item);
        }
    }
}
