using System.Globalization;
using System.Text;

namespace IoTF.PowerShell.Payloads;

/// <summary>Where in the input the writer is, for error messages: <c>$.readings[3].when</c>.</summary>
internal sealed class JsonPath
{
    private readonly (string? Name, int Index)[] _steps;
    private int _depth;

    internal JsonPath(int maximumDepth)
    {
        _steps = new (string?, int)[maximumDepth];
    }

    internal bool IsFull => _depth == _steps.Length;

    internal void Clear() => _depth = 0;

    internal void Enter() => _steps[_depth++] = (null, -1);

    internal void At(string name) => _steps[_depth - 1] = (name, -1);

    internal void At(int index) => _steps[_depth - 1] = (null, index);

    internal void Leave() => _depth--;

    /// <inheritdoc/>
    public override string ToString()
    {
        // A path into 64 levels helps nobody; its beginning says where the descent began.
        const int Shown = 8;
        var text = new StringBuilder("$");
        for (var i = 0; i < Math.Min(_depth, Shown); i++)
        {
            var (name, index) = _steps[i];
            _ = name is not null ? text.Append('.').Append(name)
                : index >= 0 ? text.Append(CultureInfo.InvariantCulture, $"[{index}]")
                : text;
        }

        return _depth > Shown ? text.Append("...").ToString() : text.ToString();
    }
}
