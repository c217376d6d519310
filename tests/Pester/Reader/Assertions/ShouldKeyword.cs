using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>
/// Should. Be, BeExactly, BeNullOrEmpty, Contain and HaveCount look at everything that came through the pipeline together, the
/// others at each value by itself.
/// </summary>
[Cmdlet("Assert", "Should")]
public sealed partial class ShouldKeyword : PSCmdlet
{
    private readonly List<object?> _input = [];

    /// <summary>The value that is looked at.</summary>
    [Parameter(ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? ActualValue { get; set; }

    /// <summary>Expect the contrary.</summary>
    [Parameter]
    public SwitchParameter Not { get; set; }

    /// <summary>Why it is expected.</summary>
    [Parameter]
    public string? Because { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => _input.Add(ActualValue);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        try
        {
            foreach (var actual in Subjects())
            {
                Judge(actual);
            }
        }
        catch (Exception error) when (error is AssertionException or ArgumentException)
        {
            ThrowTerminatingError(new ErrorRecord(error, "AssertionFailed", ErrorCategory.InvalidResult, targetObject: null));
        }
    }

    private IEnumerable<object?> Subjects()
    {
        var together = ParameterSetName is nameof(Be) or nameof(BeExactly) or nameof(BeNullOrEmpty) or nameof(Contain) or nameof(HaveCount);
        if (_input.Count == 0)
        {
            return [null];
        }

        if (!together)
        {
            return _input;
        }

        return MyInvocation.ExpectingInput ? [_input.ToArray()] : [Unrolled(ActualValue)];
    }

    private static object?[] Unrolled(object? value) =>
        LanguagePrimitives.GetEnumerable(value) is { } items ? [.. items.Cast<object?>()] : [value];

    private void Judge(object? actual)
    {
        if (Throw)
        {
            JudgeError(actual);
            return;
        }

        Verdict(actual).Enforce(Not, Because);
    }

    private void JudgeError(object? actual)
    {
        var (verdict, error) = new Throwing(ExpectedMessage, ErrorId, ExceptionType).Judge(actual, Not);
        verdict.Enforce(Not, Because);
        if (PassThru && error is not null)
        {
            WriteObject(error);
        }
    }

    private Verdict Verdict(object? actual) => ParameterSetName switch
    {
        nameof(Be) => Equality.Be(actual, ExpectedValue),
        nameof(BeExactly) => Equality.BeExactly(actual, ExpectedValue),
        nameof(BeNullOrEmpty) => Collections.BeNullOrEmpty(actual),
        nameof(BeTrue) => Values.BeTrue(actual),
        nameof(BeFalse) => Values.BeFalse(actual),
        nameof(BeGreaterThan) => Values.BeGreaterThan(actual, ExpectedValue),
        nameof(BeGreaterOrEqual) => Values.BeGreaterOrEqual(actual, ExpectedValue),
        nameof(BeLessThan) => Values.BeLessThan(actual, ExpectedValue),
        nameof(BeLessOrEqual) => Values.BeLessOrEqual(actual, ExpectedValue),
        nameof(BeOfType) => Values.BeOfType(actual, ExpectedType),
        nameof(BeLike) => Values.BeLike(actual, ExpectedValue, "like"),
        nameof(BeLikeExactly) => Values.BeLike(actual, ExpectedValue, "clike"),
        nameof(Match) => Values.Match(actual, RegularExpression, "match"),
        nameof(MatchExactly) => Values.Match(actual, RegularExpression, "cmatch"),
        nameof(Contain) => Collections.Contain(actual, ExpectedValue),
        nameof(BeIn) => Collections.BeIn(actual, ExpectedValue),
        nameof(HaveCount) => Collections.HaveCount(actual, LanguagePrimitives.ConvertTo<int>(ExpectedValue)),
        nameof(Exist) => Values.Exist(actual, SessionState.Path),
        nameof(HaveParameter) => new ParameterCheck(ParameterName, Type, Mandatory, Alias).Judge(actual),
        _ => throw new ArgumentException($"The reader does not know the operator -{ParameterSetName}."),
    };
}
