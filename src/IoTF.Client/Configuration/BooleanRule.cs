namespace IoTF.Client.Configuration;

/// <summary>What a source takes for true and false.</summary>
internal enum BooleanRule
{
    /// <summary>True for <c>True</c>, <c>true</c> and <c>1</c>, false for everything else: what IBM's Python and Node clients do with variables.</summary>
    Variable,

    /// <summary>The words of YAML 1.1 without quotes, as PyYAML reads them; anything else is an error.</summary>
    Yaml,

    /// <summary>The words of Python's ConfigParser in any case, of which Java knows the first; anything else is an error.</summary>
    Old,
}
