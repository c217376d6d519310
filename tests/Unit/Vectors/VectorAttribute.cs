using Xunit.Abstractions;
using Xunit.Sdk;

namespace IoTF.Tests.Unit.Vectors;

/// <summary>The numbered vectors of protocol.md §11 that a test shows: <c>dotnet test --filter Vector=C10</c> finds it.</summary>
/// <remarks>A theory whose first parameter is named <c>vector</c> carries the numbers of its rows, no more and no fewer.</remarks>
[AttributeUsage(AttributeTargets.Method)]
[TraitDiscoverer("IoTF.Tests.Unit.Vectors.VectorDiscoverer", "IoTF.Tests.Unit")]
public sealed class VectorAttribute(params string[] numbers) : Attribute, ITraitAttribute
{
    /// <summary>The numbers, such as <c>C10</c>.</summary>
    public IReadOnlyList<string> Numbers { get; } = numbers;
}

/// <summary>Tells the test runner the numbers as traits.</summary>
public sealed class VectorDiscoverer : ITraitDiscoverer
{
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute) =>
        ((IEnumerable<object>)traitAttribute.GetConstructorArguments().Single()).Select(number => KeyValuePair.Create("Vector", (string)number));
}
