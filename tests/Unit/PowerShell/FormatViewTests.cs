using System.Management.Automation;
using System.Xml.Linq;
using IoTF.PowerShell.Messages;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class FormatViewTests
{
    private const int Columns = 100;
    private const int LeastForTheRest = 20;

    public static TheoryData<string> ViewedTypes => [.. Views().Keys];

    [Theory]
    [MemberData(nameof(ViewedTypes))]
    public void A_view_shows_properties_that_exist_and_fits_into_a_hundred_columns(string typeName)
    {
        var view = Views()[typeName];
        var type = typeof(IoTFMessage).Assembly.GetType(typeName);
        Assert.True(type is { IsPublic: true }, $"{typeName} is no public type of the module.");
        Assert.All(
            view.Descendants("PropertyName"),
            property => Assert.True(type.GetProperty(property.Value) is not null, $"{typeName} has no property {property.Value}."));

        var headers = view.Descendants("TableColumnHeader").ToList();
        Assert.Equal(headers.Count, view.Descendants("TableColumnItem").Count());

        // A column without a width takes what the others leave; each column is followed by a space.
        Assert.InRange(headers.Sum(h => (int?)h.Element("Width") ?? LeastForTheRest) + headers.Count - 1, 1, Columns);
    }

    [Fact]
    public void Every_type_that_a_cmdlet_emits_has_a_view()
    {
        var emitted = typeof(IoTFMessage).Assembly.ExportedTypes
            .SelectMany(static type => type.GetCustomAttributes(typeof(OutputTypeAttribute), inherit: true))
            .SelectMany(static attribute => ((OutputTypeAttribute)attribute).Type)
            .Select(static output => output.Name)
            .Where(static name => name.StartsWith("IoTF.", StringComparison.Ordinal))
            .ToHashSet();
        Assert.NotEmpty(emitted);
        Assert.Subset(Views().Keys.ToHashSet(), emitted);
    }

    private static Dictionary<string, XElement> Views() =>
        XDocument.Load(Checkout.File("IoTF.Format.ps1xml"))
            .Descendants("View")
            .SelectMany(view => view.Element("ViewSelectedBy")!.Elements("TypeName").Select(name => (name.Value, view)))
            .ToDictionary(pair => pair.Value, pair => pair.view);
}
