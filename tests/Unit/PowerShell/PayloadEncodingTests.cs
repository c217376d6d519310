using System.Collections;
using System.Collections.Specialized;
using System.Dynamic;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Numerics;
using System.Security;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Payloads;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class PayloadEncodingTests(Engine engine) : IClassFixture<Engine>
{
    private const int Limit = 131_072;

    public static TheoryData<string, object?, string> Values => new()
    {
        { "null", null, "null" },
        { "true", true, "true" },
        { "int", -5, "-5" },
        { "long", long.MinValue, "-9223372036854775808" },
        { "ulong", ulong.MaxValue, "18446744073709551615" },
        { "short", (short)7, "7" },
        { "big integer", BigInteger.Pow(2, 100), "1267650600228229401496703205376" },
        { "double", 21.5, "21.5" },
        { "small double", 1e-7, "1E-07" },
        { "float", 0.1f, "0.1" },
        { "decimal", 1.10m, "1.10" },
        { "UTC time", new DateTime(2024, 2, 29, 1, 2, 3, DateTimeKind.Utc).AddTicks(1234567), "\"2024-02-29T01:02:03.1234567Z\"" },
        { "time of no kind", new DateTime(2024, 2, 29, 1, 2, 3), "\"2024-02-29T01:02:03\"" },
        { "time with offset", new DateTimeOffset(2024, 2, 29, 1, 2, 3, TimeSpan.FromHours(2)), "\"2024-02-29T01:02:03+02:00\"" },
        { "time span", new TimeSpan(1, 2, 3, 4, 500), "\"1.02:03:04.5000000\"" },
        { "date", new DateOnly(2024, 2, 29), "\"2024-02-29\"" },
        { "enumeration", DayOfWeek.Friday, "5" },
        { "GUID", Guid.Parse("0f8fad5b-d9cb-469f-a165-70867728950e"), "\"0f8fad5b-d9cb-469f-a165-70867728950e\"" },
        { "address", new Uri("http://e.example/a b"), "\"http://e.example/a b\"" },
        { "char in a list", new object[] { 'x' }, "[\"x\"]" },
        { "bytes in a hashtable", new Hashtable { ["b"] = new byte[] { 1, 2, 3 } }, "{\"b\":\"AQID\"}" },
        { "IP address", new object[] { IPAddress.Parse("10.0.0.1") }, "[\"10.0.0.1\"]" },
        { "version", new Version(1, 2), "\"1.2\"" },
        { "type", new object[] { typeof(string) }, "[\"System.String\"]" },
        { "switch", new SwitchParameter(true), "true" },
        { "DBNull", new object[] { DBNull.Value }, "[null]" },
        { "JSON element", JsonDocument.Parse("{\"a\":[1]}").RootElement, "{\"a\":[1]}" },
        { "JSON node", JsonNode.Parse("{\"a\":[1]}"), "{\"a\":[1]}" },
        { "ints are no bytes", new object[] { 1, 2 }, "[1,2]" },
        { "empty array", Array.Empty<object>(), "[]" },
        { "nested arrays", new object?[] { new object?[] { null }, new[] { 1.5 } }, "[[null],[1.5]]" },
        { "empty hashtable", new Hashtable(), "{}" },
        { "number keys", new Hashtable { [1] = "a" }, "{\"1\":\"a\"}" },
        { "order is kept", new OrderedDictionary { ["z"] = 1, ["a"] = 2, ["m"] = 3 }, "{\"z\":1,\"a\":2,\"m\":3}" },
        { "generic dictionary", new Dictionary<string, int> { ["a"] = 1 }, "{\"a\":1}" },
        { "read-only dictionary", new ReadOnlyPairs(), "{\"a\":1}" },
        { "escapes", new object[] { "\"\\\n\u0001é<>&'" }, "[\"\\\"\\\\\\n\\u0001é<>&'\"]" },
        { "half a surrogate pair", new object[] { "a\ud800" }, "[\"a\\uFFFD\"]" },
        { "wrapped in PSObject", new PSObject(new PSObject((object)3)), "3" },
        { "a .NET object", new Reading(), "{\"Name\":\"n\",\"Value\":2}" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_becomes_compact_JSON(string what, object? value, string expected)
    {
        var sent = new PayloadEncoder(Limit).Encode(value, format: null);
        Assert.True(expected == Encoding.UTF8.GetString(sent.Bytes), $"{what}: {Encoding.UTF8.GetString(sent.Bytes)}");
        Assert.Equal("json", sent.Format);
    }

    [Theory]
    [InlineData("[pscustomobject]@{ b = 1; a = @{ c = $null } }", "{\"b\":1,\"a\":{\"c\":null}}")]
    [InlineData("[ordered]@{ x = 1..3; y = @() }", "{\"x\":[1,2,3],\"y\":[]}")]
    [InlineData("$o = [pscustomobject]@{ n = 2 }; $o.psobject.Properties.Add([psscriptproperty]::new('twice', { $this.n * 2 })); $o", "{\"n\":2,\"twice\":4}")]
    [InlineData("$o = [pscustomobject]@{ n = 2 }; $o.psobject.Properties.Add([psaliasproperty]::new('m', 'n')); $o", "{\"n\":2,\"m\":2}")]
    [InlineData("class P { [int] $X = 1; hidden [int] $Y = 2 }; [P]::new()", "{\"X\":1}")]
    [InlineData("@{ v = [System.Management.Automation.Internal.AutomationNull]::Value }", "{\"v\":null}")]
    [InlineData("@{ d = [datetime]::new(2024, 1, 2, 3, 4, 5, [DateTimeKind]::Utc) }", "{\"d\":\"2024-01-02T03:04:05Z\"}")]
    public void What_a_script_makes_becomes_compact_JSON(string script, string expected)
    {
        var made = engine.Run(script)[0];
        Assert.Equal(expected, engine.Within(() => Encoding.UTF8.GetString(new PayloadEncoder(Limit).Encode(made, format: null).Bytes)));
    }

    [Fact]
    public void An_expando_object_becomes_an_object()
    {
        dynamic made = new ExpandoObject();
        made.a = 1;
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(new PayloadEncoder(Limit).Encode((object)made, format: null).Bytes));
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
        try
        {
            var sent = new PayloadEncoder(Limit).Encode(new object[] { 1.5, 1.5m, new Hashtable { [2.5] = 1 } }, format: null);
            Assert.Equal("[1.5,1.5,{\"2.5\":1}]", Encoding.UTF8.GetString(sent.Bytes));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(null, "json")]
    [InlineData("text", "text")]
    [InlineData("csv", "csv")]
    public void A_string_goes_as_it_is(string? asked, string format)
    {
        var sent = new PayloadEncoder(Limit).Encode(new PSObject("{ \"é\": 1 }\r\n"), asked);
        Assert.Equal("{ \"é\": 1 }\r\n", Encoding.UTF8.GetString(sent.Bytes));
        Assert.Equal(format, sent.Format);
    }

    [Fact]
    public void A_string_has_no_byte_order_mark() =>
        Assert.Equal("a"u8.ToArray(), new PayloadEncoder(Limit).Encode("a", format: null).Bytes);

    [Fact]
    public void Bytes_go_as_they_are_and_are_copied()
    {
        var buffer = new byte[] { 0, 255, 10 };
        var sent = new PayloadEncoder(Limit).Encode(buffer, format: null);
        buffer[0] = 9;
        Assert.Equal([0, 255, 10], sent.Bytes);
        Assert.Equal("bin", sent.Format);
        Assert.Equal("json", new PayloadEncoder(Limit).Encode(buffer, "json").Format);
    }

    [Fact]
    public void An_array_of_nothing_but_bytes_is_bytes() =>
        Assert.Equal([1, 2], new PayloadEncoder(Limit).Encode(new object[] { (byte)1, new PSObject((object)(byte)2) }, format: null).Bytes);

    [Fact]
    public void An_XML_document_goes_as_its_text()
    {
        var xml = new XmlDocument();
        xml.LoadXml("<a b=\"1\"><c /></a>");
        var sent = new PayloadEncoder(Limit).Encode(xml, format: null);
        Assert.Equal("<a b=\"1\"><c /></a>", Encoding.UTF8.GetString(sent.Bytes));
        Assert.Equal("xml", sent.Format);
    }

    [Theory]
    [InlineData("@{ a = @{ b = @(1, [double]::NaN) } }", ErrorIds.NotSerializable, "$.a.b[1]")]
    [InlineData("@{ a = [float]::PositiveInfinity }", ErrorIds.NotSerializable, "$.a")]
    [InlineData("$o = [pscustomobject]@{ n = 2 }; $o.psobject.Properties.Add([psscriptproperty]::new('bad', { throw 'no luck' })); @{ a = @(0, $o) }", ErrorIds.NotSerializable, "$.a[1].bad, it cannot be read: no luck")]
    [InlineData("@{ run = { 'x' } }", ErrorIds.NotSerializable, "$.run")]
    [InlineData("@{ s = [System.IO.MemoryStream]::new() }", ErrorIds.NotSerializable, "$.s")]
    [InlineData("$h = @{}; $h.self = $h; $h", ErrorIds.PayloadTooDeep, "$.self.self.self")]
    [InlineData("$a = [System.Collections.ArrayList]::new(); [void]$a.Add($a); ,$a", ErrorIds.PayloadTooDeep, "$[0][0]")]
    [InlineData("@{ login = [pscredential]::new('bob', [System.Net.NetworkCredential]::new('', 'hunter2').SecurePassword) }", ErrorIds.PayloadHoldsSecret, "$.login")]
    [InlineData("[pscustomobject]@{ token = [System.Net.NetworkCredential]::new('', 'hunter2').SecurePassword }", ErrorIds.PayloadHoldsSecret, "$.token")]
    [InlineData("[byte]7", ErrorIds.PayloadBytesUnrolled, "-Data")]
    [InlineData("'x' * 131073", ErrorIds.PayloadTooLarge, "131072")]
    [InlineData("[string][char]0xe9 * 65537", ErrorIds.PayloadTooLarge, "131072")]
    [InlineData("@{ a = 'x' * 131066 }", ErrorIds.PayloadTooLarge, "131072")]
    [InlineData(",[byte[]]::new(131073)", ErrorIds.PayloadTooLarge, "131072")]
    public void What_cannot_be_sent_is_refused_with_its_place_and_a_next_step(string script, string errorId, string says)
    {
        var made = engine.Run(script)[0];
        var encoder = new PayloadEncoder(Limit);
        var fault = Assert.Throws<PayloadException>(() => engine.Within(() => encoder.Encode(made, format: null)));
        Assert.Equal(errorId, fault.ErrorId);
        Assert.Contains(says, fault.Message + " " + fault.NextStep, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.NextStep, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault.ToString(), StringComparison.Ordinal);

        // And the encoder is as good as new.
        Assert.Equal("[1]", Encoding.UTF8.GetString(encoder.Encode(new[] { 1 }, format: null).Bytes));
    }

    [Theory]
    [InlineData("'x' * 131072")]
    [InlineData("@{ a = 'x' * 131064 }")]
    [InlineData(",[byte[]]::new(131072)")]
    public void The_largest_payload_is_accepted(string script) =>
        Assert.Equal(Limit, new PayloadEncoder(Limit).Encode(engine.Run(script)[0], format: null).Bytes.Length);

    [Fact]
    public void As_many_levels_as_allowed_are_written_and_read_again()
    {
        object nested = 1;
        for (var level = 0; level < JsonPayloadWriter.MaximumDepth; level++)
        {
            nested = new[] { nested };
        }

        var bytes = new PayloadEncoder(Limit).Encode(nested, format: null).Bytes;
        Assert.NotNull(PayloadDecoder.Decode(bytes, "json", out var error));
        Assert.Null(error);
        Assert.Equal(ErrorIds.PayloadTooDeep, Assert.Throws<PayloadException>(() => new PayloadEncoder(Limit).Encode(new[] { nested }, format: null)).ErrorId);
    }

    [Fact]
    public void An_enumeration_without_an_end_is_stopped_at_the_limit()
    {
        static IEnumerable Numbers()
        {
            for (var i = 0; ; i++)
            {
                yield return i;
            }
        }

        Assert.Equal(ErrorIds.PayloadTooLarge, Assert.Throws<PayloadException>(() => new PayloadEncoder(Limit).Encode(Numbers(), format: null)).ErrorId);
    }

    public sealed class Reading
    {
        public string Name { get; } = "n";

        public int Value { get; } = 2;
    }

    private sealed class ReadOnlyPairs : IReadOnlyDictionary<string, int>
    {
        public IEnumerable<string> Keys => ["a"];

        public IEnumerable<int> Values => [1];

        public int Count => 1;

        public int this[string key] => 1;

        public bool ContainsKey(string key) => key == "a";

        public bool TryGetValue(string key, out int value)
        {
            value = 1;
            return key == "a";
        }

        public IEnumerator<KeyValuePair<string, int>> GetEnumerator()
        {
            yield return KeyValuePair.Create("a", 1);
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
