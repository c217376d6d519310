using System.Management.Automation.Host;

namespace IoTF.Shell.Hosting;

/// <summary>Asks which of several answers is meant, as for <c>-Confirm</c>.</summary>
internal static class ChoicePrompt
{
    internal static int Ask(PSHostUserInterface ui, IList<ChoiceDescription> choices, int defaultChoice)
    {
        var labels = choices.Select(choice => choice.Label.Replace("&", string.Empty, StringComparison.Ordinal)).ToList();
        var keys = choices.Select(Key).ToList();
        var question = string.Join("  ", labels.Select((label, index) => $"[{keys[index]}] {label}"));
        while (true)
        {
            ui.Write(defaultChoice >= 0 ? $"{question}  (default is \"{keys[defaultChoice]}\"): " : $"{question}: ");
            var answer = ui.ReadLine().Trim();
            if (answer.Length == 0 && defaultChoice >= 0)
            {
                return defaultChoice;
            }

            var choice = keys.FindIndex(key => Same(key, answer));
            choice = choice >= 0 ? choice : labels.FindIndex(label => Same(label, answer));
            if (choice >= 0)
            {
                return choice;
            }
        }
    }

    private static string Key(ChoiceDescription choice)
    {
        var mark = choice.Label.IndexOf('&', StringComparison.Ordinal);
        return mark >= 0 && mark + 1 < choice.Label.Length
            ? choice.Label.Substring(mark + 1, 1).ToUpperInvariant()
            : choice.Label;
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.CurrentCultureIgnoreCase);
}
