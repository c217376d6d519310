using System.Collections.Specialized;
using System.Management.Automation;
using System.Numerics;
using System.Text;
using CsCheck;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Payloads;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class PayloadDecodingTests
{
    public static TheoryData<string, object?> Scalars => new()
    {
        { "1", 1L },
        { "-9223372036854775808", long.MinValue },
        { "9223372036854775808", new BigInteger(9223372036854775808m) },
        { "1.0", 1.0 },
        { "1e3", 1000.0 },
        { "true", true },
        { "null", null },
        { "\"2024-01-02T03:04:05Z\"", "2024-01-02T03:04:05Z" },
        { "\"\\u00e9\\n\"", "é\n" },
        { " 5 ", 5L },
        { "\ufeff5", 5L },
        { "", null },
    };

    [Theory]
    [MemberData(nameof(Scalars))]
    public void A_JSON_scalar_becomes_a_value(string json, object? expected)
    {
        Assert.Equal(expected, Decode(json, out var error));
        Assert.Null(error);
    }

    [Fact]
    public void An_object_becomes_a_PSCustomObject_in_order()
    {
        var made = Assert.IsType<PSObject>(Decode("{\"z\":1,\"a\":{\"b\":[1,null,{}]},\"z\":2}", out _));
        Assert.Equal(["z", "a"], made.Properties.Select(p => p.Name));
        Assert.Equal(2L, made.Properties["z"].Value);
        var list = Assert.IsType<object[]>(((PSObject)made.Properties["a"].Value).Properties["b"].Value);
        Assert.Equal(1L, list[0]);
        Assert.Null(list[1]);
        Assert.Empty(Assert.IsType<PSObject>(list[2]).Properties);
    }

    [Theory]
    [InlineData("{\"a\":1,\"A\":2}")]
    [InlineData("{\"\":1,\"x\":2}")]
    [InlineData("{\"PSObject\":1,\"x\":2}")]
    [InlineData("{\"psbase\":1,\"pstypenames\":2}")]
    public void Names_that_an_object_cannot_hold_make_a_dictionary(string json)
    {
        var made = Assert.IsType<OrderedDictionary>(Decode(json, out var error));
        Assert.Equal(2, made.Count);
        Assert.Null(error);
        Assert.Equal(json, Encoding.UTF8.GetString(new PayloadEncoder(1000).Encode(made, format: null).Bytes));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"a\":}")]
    [InlineData("1 2")]
    [InlineData("[1,]")]
    [InlineData("NaN")]
    [InlineData("hello")]
    [InlineData("\"\\ud800\"")]
    [InlineData("{\"\\ud800\":1}")]
    public void A_broken_payload_says_why(string json)
    {
        Assert.Null(Decode(json, out var error));
        Assert.StartsWith("The payload is not valid JSON", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_payloads_are_refused_not_obeyed()
    {
        Assert.Null(Decode(new string('[', 100_000), out var deep));
        Assert.NotNull(deep);
        Assert.Null(Decode(new string('9', 100_000), out var digits));
        Assert.NotNull(digits);
        Assert.Null(PayloadDecoder.Decode([0x22, 0xff, 0x22], "json", out var utf8));
        Assert.NotNull(utf8);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("TXT")]
    [InlineData("xml")]
    [InlineData("csv")]
    public void Text_formats_become_a_string(string format)
    {
        Assert.Equal("a;é", PayloadDecoder.Decode("a;é"u8.ToArray(), format, out var error));
        Assert.Null(error);
        Assert.Null(PayloadDecoder.Decode([0xff], format, out error));
        Assert.NotNull(error);
    }

    [Theory]
    [InlineData("bin")]
    [InlineData("protobuf")]
    [Vector("X18")]
    public void Other_formats_stay_bytes(string format)
    {
        byte[] bytes = [0x00, 0xFF];
        Assert.Same(bytes, PayloadDecoder.Decode(bytes, format, out var error));
        Assert.Null(error);
    }

    [Fact]
    public void No_bytes_make_the_decoder_throw() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.OneOf("json", "text", "bin")).Sample((bytes, format) =>
        {
            _ = PayloadDecoder.Decode(bytes, format, out _);
        });

    [Fact]
    public void Nearly_JSON_never_makes_the_decoder_throw() =>
        Gen.Char["{}[]\",:0123456789.eE-+truefalsn \\u"].Array[0, 60].Sample(text =>
        {
            _ = Decode(new string(text), out _);
        });

    [Fact]
    public void What_was_read_is_written_as_it_was()
    {
        var scalar = Gen.OneOf(
            Gen.Long.Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            Gen.OneOf("true", "false", "null", "0.5", "-12.25"),
            Gen.String[Gen.Char.AlphaNumeric, 0, 8].Select(s => $"\"{s}\""));
        var document = Gen.Recursive<string>((depth, inner) => depth > 4
            ? scalar
            : Gen.OneOf(
                scalar,
                inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"),
                inner.Array[0, 4].Select(items => "{" + string.Join(',', items.Select((item, i) => $"\"n{i}\":{item}")) + "}")));
        document.Sample(json => Assert.Equal(json, Encoding.UTF8.GetString(
            Decode(json, out _) is string text
                ? Encoding.UTF8.GetBytes($"\"{text}\"")
                : new PayloadEncoder(100_000).Encode(Decode(json, out _), format: null).Bytes)));
    }

    [Fact]
    [Vector("X17")]
    public void A_message_decodes_its_payload_when_asked_and_only_once()
    {
        var good = Message("{\"t\":21.5}", "json");
        Assert.Same(good.Data, good.Data);
        Assert.Null(good.DataError);
        Assert.Equal("{\"t\":21.5}", good.Text);

        var broken = Message("{", "json");
        Assert.NotNull(broken.DataError);
        Assert.Null(broken.Data);
        Assert.Equal("{", broken.Text);
    }

    private static IoTFEvent Message(string text, string format) => new(
        "abc123", "pump", "p1", "status", format, Encoding.UTF8.GetBytes(text), qos: 1, retain: false, duplicate: false, DateTime.UnixEpoch, "iot-2/type/pump/id/p1/evt/status/fmt/" + format);

    private static object? Decode(string json, out string? error) => PayloadDecoder.Decode(Encoding.UTF8.GetBytes(json), "json", out error);
}
