using System.Buffers;
using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Internal;
using System.Text.Encodings.Web;
using System.Text.Json;
using IoTF.PowerShell.Errors;

namespace IoTF.PowerShell.Payloads;

/// <summary>Writes PowerShell objects as compact JSON.</summary>
/// <remarks>
/// <para>What comes out is what <c>ConvertTo-Json -Compress</c> writes, with these differences, each to lose nothing silently:</para>
/// <list type="bullet">
/// <item>nothing is cut off at a depth: more than <see cref="MaximumDepth"/> levels are an error, and so is an object that contains itself;</item>
/// <item>a property that cannot be read is an error, not <c>null</c>; NaN and infinity, which JSON does not have, are errors;</item>
/// <item>bytes inside an object become Base64, a time span its constant form (<c>1.02:03:04.5</c>), IP addresses, versions and types their text;</item>
/// <item>a SecureString or a credential, at any depth, is refused.</item>
/// </list>
/// <para>
/// As there: enumerations are numbers; dates are ISO 8601 with all their digits, <c>Z</c> for UTC, the offset for local time, and neither where the kind
/// is unspecified; properties that PowerShell attached to strings, numbers, arrays and dictionaries are left out. Half a surrogate pair becomes U+FFFD.
/// </para>
/// </remarks>
internal sealed class JsonPayloadWriter
{
    /// <summary>The most levels of objects and arrays in a payload; the reader accepts as many.</summary>
    internal const int MaximumDepth = 64;

    private const int FlushThreshold = 8 * 1024;

    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,

        // This class pairs every start with its end and every name with a value.
        SkipValidation = true,
    };

    private readonly int _maximumBytes;
    private readonly ArrayBufferWriter<byte> _buffer = new(512);
    private readonly Utf8JsonWriter _writer;
    private readonly JsonPath _path = new(MaximumDepth);

    internal JsonPayloadWriter(int maximumBytes)
    {
        _maximumBytes = maximumBytes;
        _writer = new Utf8JsonWriter(_buffer, Options);
    }

    /// <summary>Writes one value.</summary>
    /// <exception cref="PayloadException">It cannot be written, or not in so many bytes.</exception>
    internal byte[] Write(object? value)
    {
        _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
        _path.Clear();
        try
        {
            WriteValue(value);
            _writer.Flush();
        }
        catch (Exception fault) when (fault is not (PayloadException or PipelineStoppedException or OutOfMemoryException))
        {
            // Whatever a property getter or an enumerator of the input throws, however it is wrapped.
            var cause = fault is GetValueException { InnerException: { } inner } ? inner : fault;
            throw NotSerializable($"it cannot be read: {cause.Message}", fault);
        }

        return _buffer.WrittenCount > _maximumBytes ? throw PayloadEncoder.TooLarge(_maximumBytes) : _buffer.WrittenSpan.ToArray();
    }

    private void WriteValue(object? value)
    {
        var wrapper = value as PSObject;
        var inner = wrapper is null ? value : wrapper.BaseObject;
        if (inner is null || ReferenceEquals(value, AutomationNull.Value))
        {
            _writer.WriteNullValue();
        }
        else if (!JsonScalars.TryWrite(_writer, inner))
        {
            WriteContainer(inner, wrapper);
        }
    }

    private void WriteContainer(object value, PSObject? wrapper)
    {
        if (JsonScalars.WhyRefused(value) is { } reason)
        {
            throw JsonScalars.IsSecret(value)
                ? new PayloadException(ErrorIds.PayloadHoldsSecret, $"The input cannot be sent: at {_path} it contains a secret ({reason}).", "Remove that property (Select-Object -ExcludeProperty).")
                : NotSerializable(reason);
        }

        if (_path.IsFull)
        {
            throw new PayloadException(
                ErrorIds.PayloadTooDeep,
                $"The input cannot be sent: at {_path} it is nested more than {MaximumDepth} levels deep, or contains itself.",
                "Select the properties to send with Select-Object.");
        }

        _path.Enter();
        switch (value)
        {
            case IDictionary entries:
                WriteDictionary(entries);
                break;
            case IEnumerable items when StringKeyedPairs.For(items) is { } pairs:
                WritePairs(pairs);
                break;
            case IEnumerable items:
                WriteArray(items);
                break;
            default:
                WriteObject(wrapper ?? PSObject.AsPSObject(value));
                break;
        }

        _path.Leave();
    }

    private void WriteDictionary(IDictionary entries)
    {
        _writer.WriteStartObject();
        var each = entries.GetEnumerator();
        using (each as IDisposable)
        {
            while (each.MoveNext())
            {
                WriteMember(each.Key as string ?? JsonScalars.KeyText(each.Key), each.Value);
            }
        }

        _writer.WriteEndObject();
    }

    private void WritePairs(IEnumerable<(string Name, object? Value)> pairs)
    {
        _writer.WriteStartObject();
        foreach (var (name, value) in pairs)
        {
            WriteMember(name, value);
        }

        _writer.WriteEndObject();
    }

    private void WriteArray(IEnumerable items)
    {
        _writer.WriteStartArray();
        var index = 0;
        foreach (var item in items)
        {
            _path.At(index++);
            WriteValue(item);
            KeepWithinLimit();
        }

        _writer.WriteEndArray();
    }

    private void WriteObject(PSObject value)
    {
        _writer.WriteStartObject();
        foreach (var property in value.Properties)
        {
            if (property.IsGettable)
            {
                _path.At(property.Name);
                WriteMember(property.Name, property.Value);
            }
        }

        _writer.WriteEndObject();
    }

    private void WriteMember(string name, object? value)
    {
        _path.At(name);
        _writer.WritePropertyName(name);
        WriteValue(value);
        KeepWithinLimit();
    }

    private void KeepWithinLimit()
    {
        // An enumeration may never end, and an object tree may be as large as the machine: stop as soon as the limit is passed.
        if (_writer.BytesPending > FlushThreshold)
        {
            _writer.Flush();
            if (_buffer.WrittenCount > _maximumBytes)
            {
                throw PayloadEncoder.TooLarge(_maximumBytes);
            }
        }
    }

    private PayloadException NotSerializable(string reason, Exception? cause = null) => new(
        ErrorIds.NotSerializable,
        $"The input cannot be sent as JSON: at {_path}, {reason}",
        "Send other properties (Select-Object), or convert the value to a string, a number or a hashtable first.",
        cause);
}
