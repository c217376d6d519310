using System.Collections;
using System.Management.Automation;
using IoTF.Tests.Pester.Reader.Model;

namespace IoTF.Tests.Pester.Reader.Running;

/// <summary>The variables that an item of data defines: <c>$_</c>, and one for each key of a hashtable.</summary>
internal static class DataVariables
{
    public static IEnumerable<(string Name, object? Value)> Of(Data data)
    {
        yield return ("_", data.Item);
        if ((data.Item is PSObject wrapped ? wrapped.BaseObject : data.Item) is IDictionary dictionary)
        {
            foreach (DictionaryEntry entry in dictionary)
            {
                yield return (LanguagePrimitives.ConvertTo<string>(entry.Key), entry.Value);
            }
        }
    }
}
