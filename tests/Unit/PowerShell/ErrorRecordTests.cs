using System.Management.Automation;
using IoTF.Client.Configuration;
using IoTF.Client.Faults;
using IoTF.Emulator;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Payloads;
using IoTF.Protocol.Connecting;
using IoTF.Protocol.Rules;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class ErrorRecordTests
{
    /// <summary>Everything that <c>FullyQualifiedErrorId</c> can begin with.</summary>
    public static TheoryData<Type> Lists =>
    [
        typeof(ErrorIds), typeof(FaultIds), typeof(RuleId), typeof(ConnectRefusalId), typeof(ConfigurationErrorId), typeof(EmulatorErrorId),
    ];

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

    [Theory]
    [MemberData(nameof(Lists))]
    public void The_identifiers_are_the_names_of_their_constants(Type list) =>
        Assert.All(list.GetFields(), field => Assert.Equal(field.Name, field.GetRawConstantValue()));
}
