using System.Management.Automation;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Payloads;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class ErrorRecordTests
{
    [Fact]
    public void A_payload_error_keeps_its_input_and_says_what_to_do_next()
    {
        object input = double.NaN;
        var fault = Assert.Throws<PayloadException>(() => new PayloadEncoder(10).Encode(input, format: null));
        var record = ErrorRecords.Create(fault, input);

        Assert.Equal(ErrorIds.NotSerializable, record.FullyQualifiedErrorId);
        Assert.Equal(ErrorCategory.InvalidData, record.CategoryInfo.Category);
        Assert.Same(input, record.TargetObject);
        Assert.Equal(fault.NextStep, record.ErrorDetails.RecommendedAction);
        Assert.Equal(fault.Message, record.ToString());
    }

    [Theory]
    [InlineData("7.4.6", "It failed. Try again.")]
    [InlineData("7.5.0", "It failed.")]
    public void The_next_step_is_part_of_the_text_where_the_engine_does_not_print_it(string engine, string text) =>
        Assert.Equal(text, ErrorRecords.TextFor(new Version(engine), "It failed.", "Try again."));

    [Fact]
    public void A_payload_that_is_too_large_is_a_limit_exceeded()
    {
        var fault = Assert.Throws<PayloadException>(() => new PayloadEncoder(10).Encode("12345678901", format: null));
        Assert.Equal(ErrorCategory.LimitsExceeded, ErrorRecords.Create(fault, target: null).CategoryInfo.Category);
    }

    [Fact]
    public void The_identifiers_are_the_names_of_their_constants()
    {
        foreach (var field in typeof(ErrorIds).GetFields())
        {
            Assert.Equal(field.Name, field.GetRawConstantValue());
        }
    }
}
