using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Net;
using System.Numerics;
using System.Security;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;

namespace IoTF.PowerShell.Payloads;

/// <summary>The values that are one JSON token (or bring their JSON along), and those that are refused.</summary>
internal static class JsonScalars
{
    /// <summary>Writes the value if it is a scalar.</summary>
    /// <returns><see langword="false"/> when it is not, and nothing was written.</returns>
    internal static bool TryWrite(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case string text: writer.WriteStringValue(text); break;
            case int number: writer.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case long number: writer.WriteNumberValue(number); break;
            case decimal number: writer.WriteNumberValue(number); break;
            case DateTime time: writer.WriteStringValue(time); break;
            case DateTimeOffset time: writer.WriteStringValue(time); break;
            case float number when float.IsFinite(number): writer.WriteNumberValue(number); break;
            case Enum member: WriteInteger(writer, (IFormattable)Convert.ChangeType(member, Enum.GetUnderlyingType(member.GetType()), CultureInfo.InvariantCulture)); break;
            case uint number: writer.WriteNumberValue(number); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case byte or sbyte or short or ushort or nint or nuint or BigInteger or Int128 or UInt128: WriteInteger(writer, (IFormattable)value); break;
            case Half number when Half.IsFinite(number): writer.WriteNumberValue((float)number); break;
            case char letter: writer.WriteStringValue([letter]); break;
            case byte[] bytes: writer.WriteBase64StringValue(bytes); break;
            case Guid id: writer.WriteStringValue(id); break;
            case TimeSpan span: writer.WriteStringValue(span.ToString("c", CultureInfo.InvariantCulture)); break;
            case DateOnly day: writer.WriteStringValue(day.ToString("O", CultureInfo.InvariantCulture)); break;
            case TimeOnly time: writer.WriteStringValue(time.ToString("O", CultureInfo.InvariantCulture)); break;
            case Uri address: writer.WriteStringValue(address.OriginalString); break;
            case Version or IPAddress or SwitchParameter or Type: WriteText(writer, value); break;
            case XmlNode xml: writer.WriteStringValue(xml.OuterXml); break;
            case JsonElement element: WriteElement(writer, element); break;
            case JsonDocument document: document.RootElement.WriteTo(writer); break;
            case JsonNode node: node.WriteTo(writer); break;
            case DBNull or NullString: writer.WriteNullValue(); break;
            default: return false;
        }

        return true;
    }

    /// <summary>Whether the value is a secret, which is refused whatever it is part of.</summary>
    internal static bool IsSecret(object value) => value is SecureString or PSCredential or NetworkCredential;

    /// <summary>Why the value is refused, or <see langword="null"/> when it is an object or an array to be written.</summary>
    internal static string? WhyRefused(object value) => value switch
    {
        double or float or Half => $"{((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)} is not a number in JSON.",
        _ when IsSecret(value) => value.GetType().Name,
        ScriptBlock or Delegate or Stream or Task or System.Reflection.MemberInfo => $"an object of type {value.GetType().Name} cannot be serialized as JSON.",
        _ when value.GetType().Namespace == "Newtonsoft.Json.Linq" => "a Newtonsoft.Json token cannot be serialized; use its text, or the result of ConvertFrom-Json.",
        _ => null,
    };

    /// <summary>The text of a dictionary key that is not a string.</summary>
    internal static string KeyText(object key) => Convert.ToString(key is PSObject wrapped ? wrapped.BaseObject : key, CultureInfo.InvariantCulture) ?? string.Empty;

    private static void WriteInteger(Utf8JsonWriter writer, IFormattable number) =>
        writer.WriteRawValue(number.ToString(null, CultureInfo.InvariantCulture), skipInputValidation: true);

    private static void WriteElement(Utf8JsonWriter writer, JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Undefined)
        {
            writer.WriteNullValue();
        }
        else
        {
            element.WriteTo(writer);
        }
    }

    private static void WriteText(Utf8JsonWriter writer, object value)
    {
        if (value is SwitchParameter flag)
        {
            writer.WriteBooleanValue(flag.IsPresent);
        }
        else
        {
            writer.WriteStringValue(value.ToString());
        }
    }
}
