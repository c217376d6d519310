using System.Management.Automation;

namespace IoTF.Shell.Hosting;

/// <summary>The one line at the bottom of a terminal that shows the latest progress.</summary>
internal sealed class ProgressLine
{
    private int _shown;

    internal string Show(ProgressRecord record, int width)
    {
        if (record.RecordType == ProgressRecordType.Completed)
        {
            return Clear();
        }

        var percent = record.PercentComplete >= 0 ? $" {record.PercentComplete}%" : string.Empty;
        var line = $"{record.Activity}: {record.StatusDescription}{percent}".ReplaceLineEndings(" ");
        line = line.Length < width ? line : line[..Math.Max(width - 1, 0)];
        var text = Clear() + line;
        _shown = line.Length;
        return text;
    }

    internal string Clear()
    {
        if (_shown == 0)
        {
            return string.Empty;
        }

        var blank = "\r" + new string(' ', _shown) + "\r";
        _shown = 0;
        return blank;
    }
}
