using System.Collections.Specialized;
using System.Globalization;
using System.Management.Automation;
using System.Numerics;
using System.Text.Json;

namespace IoTF.PowerShell.Payloads;

/// <summary>Reads JSON into PowerShell's objects.</summary>
/// <remarks>
/// <para>
/// As <c>ConvertFrom-Json</c> does: objects become PSCustomObjects with note properties, arrays <c>object[]</c>, integers <c>long</c>
/// (<c>BigInteger</c> where that is too small), other numbers <c>double</c>; of a name that occurs twice, the last value counts.
/// </para>
/// <para>
/// Unlike <c>ConvertFrom-Json</c>, strings that look like dates stay strings: JSON has no dates, and a value must not change because of its looks when a
/// script passes it on. <c>[datetime]$_.Data.when</c> converts one. And an object with names that a PSCustomObject cannot hold (the empty name, names
/// that differ in case only, names PowerShell keeps for itself) becomes an ordered, case-sensitive dictionary, which is no error.
/// </para>
/// </remarks>
internal static class JsonPayloadReader
{
    private const int MaximumDigits = 1000;

    private static readonly HashSet<string> ReservedNames =
        new(StringComparer.OrdinalIgnoreCase) { string.Empty, "psobject", "psbase", "psadapted", "psextended", "pstypenames" };

    /// <summary>Reads one document.</summary>
    /// <exception cref="JsonException">It is not well-formed, or nested more than <see cref="JsonPayloadWriter.MaximumDepth"/> levels deep.</exception>
    /// <exception cref="InvalidOperationException">A string in it is not valid Unicode.</exception>
    internal static object? Read(ReadOnlySpan<byte> payload)
    {
        var document = PayloadDecoder.WithoutMark(payload);
        if (document.IsEmpty)
        {
            return null;
        }

        var reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = JsonPayloadWriter.MaximumDepth });
        reader.Read();
        var value = ReadValue(ref reader);

        // Reads to the end: more than one value is an error.
        reader.Read();
        return value;
    }

    private static object? ReadValue(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader),
        JsonTokenType.StartArray => ReadArray(ref reader),
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => ReadNumber(ref reader),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => null,
    };

    private static object ReadNumber(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out var whole))
        {
            return whole;
        }

        if (reader.ValueSpan.IndexOfAny("."u8[0], "e"u8[0], "E"u8[0]) >= 0)
        {
            return reader.TryGetDouble(out var real) ? real : throw new JsonException("A number is out of range.");
        }

        // Parsing takes time that grows with the square of the digits, and the sender chooses how many there are.
        if (reader.ValueSpan.Length > MaximumDigits)
        {
            throw new JsonException($"A number has more than {MaximumDigits} digits.");
        }

        return BigInteger.Parse(System.Text.Encoding.ASCII.GetString(reader.ValueSpan), CultureInfo.InvariantCulture);
    }

    private static object[] ReadArray(ref Utf8JsonReader reader)
    {
        var items = new List<object?>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ReadValue(ref reader));
        }

        return items.ToArray()!;
    }

    private static object ReadObject(ref Utf8JsonReader reader)
    {
        var members = new List<(string Name, object? Value)>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            members.Add((name, ReadValue(ref reader)));
        }

        return ToObject(members) ?? (object)ToDictionary(members);
    }

    private static PSObject? ToObject(List<(string Name, object? Value)> members)
    {
        var made = new PSObject();
        foreach (var (name, value) in members)
        {
            if (ReservedNames.Contains(name))
            {
                return null;
            }

            if (made.Properties[name] is not { } earlier)
            {
                made.Properties.Add(new PSNoteProperty(name, value), preValidated: true);
            }
            else if (string.Equals(earlier.Name, name, StringComparison.Ordinal))
            {
                earlier.Value = value;
            }
            else
            {
                return null;
            }
        }

        return made;
    }

    private static OrderedDictionary ToDictionary(List<(string Name, object? Value)> members)
    {
        var made = new OrderedDictionary(members.Count, StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            made[name] = value;
        }

        return made;
    }
}
