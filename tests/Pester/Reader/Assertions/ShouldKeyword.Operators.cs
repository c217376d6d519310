using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Assertions;

/// <content>The operators, each a parameter set of its own, so that binding refuses unknown and mixed ones.</content>
public sealed partial class ShouldKeyword
{
    /// <summary>The operator Be.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Be))]
    public SwitchParameter Be { get; set; }

    /// <summary>The operator BeExactly.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeExactly))]
    public SwitchParameter BeExactly { get; set; }

    /// <summary>The operator BeNullOrEmpty.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeNullOrEmpty))]
    public SwitchParameter BeNullOrEmpty { get; set; }

    /// <summary>The operator BeTrue.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeTrue))]
    public SwitchParameter BeTrue { get; set; }

    /// <summary>The operator BeFalse.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeFalse))]
    public SwitchParameter BeFalse { get; set; }

    /// <summary>The operator BeGreaterThan.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeGreaterThan))]
    public SwitchParameter BeGreaterThan { get; set; }

    /// <summary>The operator BeGreaterOrEqual.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeGreaterOrEqual))]
    public SwitchParameter BeGreaterOrEqual { get; set; }

    /// <summary>The operator BeLessThan.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeLessThan))]
    public SwitchParameter BeLessThan { get; set; }

    /// <summary>The operator BeLessOrEqual.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeLessOrEqual))]
    public SwitchParameter BeLessOrEqual { get; set; }

    /// <summary>The operator BeOfType.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeOfType))]
    public SwitchParameter BeOfType { get; set; }

    /// <summary>The operator BeLike.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeLike))]
    public SwitchParameter BeLike { get; set; }

    /// <summary>The operator BeLikeExactly.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeLikeExactly))]
    public SwitchParameter BeLikeExactly { get; set; }

    /// <summary>The operator Match.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Match))]
    public SwitchParameter Match { get; set; }

    /// <summary>The operator MatchExactly.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(MatchExactly))]
    public SwitchParameter MatchExactly { get; set; }

    /// <summary>The operator Contain.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Contain))]
    public SwitchParameter Contain { get; set; }

    /// <summary>The operator BeIn.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(BeIn))]
    public SwitchParameter BeIn { get; set; }

    /// <summary>The operator HaveCount.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(HaveCount))]
    public SwitchParameter HaveCount { get; set; }

    /// <summary>The operator Throw.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Throw))]
    public SwitchParameter Throw { get; set; }

    /// <summary>The operator Exist.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(Exist))]
    public SwitchParameter Exist { get; set; }

    /// <summary>The operator HaveParameter.</summary>
    [Parameter(Mandatory = true, ParameterSetName = nameof(HaveParameter))]
    public SwitchParameter HaveParameter { get; set; }

    /// <summary>What the value is compared with.</summary>
    [Parameter(Position = 0, ParameterSetName = nameof(Be))]
    [Parameter(Position = 0, ParameterSetName = nameof(BeExactly))]
    [Parameter(Position = 0, ParameterSetName = nameof(BeGreaterThan))]
    [Parameter(Position = 0, ParameterSetName = nameof(BeGreaterOrEqual))]
    [Parameter(Position = 0, ParameterSetName = nameof(BeLessThan))]
    [Parameter(Position = 0, ParameterSetName = nameof(BeLessOrEqual))]
    [Parameter(Position = 0, ParameterSetName = nameof(BeLike))]
    [Parameter(Position = 0, ParameterSetName = nameof(BeLikeExactly))]
    [Parameter(Position = 0, ParameterSetName = nameof(Contain))]
    [Parameter(Position = 0, ParameterSetName = nameof(BeIn))]
    [Parameter(Position = 0, ParameterSetName = nameof(HaveCount))]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? ExpectedValue { get; set; }

    /// <summary>A type, or its name.</summary>
    [Parameter(Position = 0, ParameterSetName = nameof(BeOfType))]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? ExpectedType { get; set; }

    /// <summary>What is searched for.</summary>
    [Parameter(Position = 0, ParameterSetName = nameof(Match))]
    [Parameter(Position = 0, ParameterSetName = nameof(MatchExactly))]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public object? RegularExpression { get; set; }

    /// <summary>A wildcard for the error's message.</summary>
    [Parameter(Position = 0, ParameterSetName = nameof(Throw))]
    public string? ExpectedMessage { get; set; }

    /// <summary>A wildcard for the error's full id.</summary>
    [Parameter(Position = 1, ParameterSetName = nameof(Throw))]
    public string? ErrorId { get; set; }

    /// <summary>The type of the error's exception, or one it inherits from.</summary>
    [Parameter(Position = 2, ParameterSetName = nameof(Throw))]
    public Type? ExceptionType { get; set; }

    /// <summary>Emit the error that was thrown.</summary>
    [Parameter(ParameterSetName = nameof(Throw))]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The parameter that a command has.</summary>
    [Parameter(Position = 0, ParameterSetName = nameof(HaveParameter))]
    public string ParameterName { get; set; } = string.Empty;

    /// <summary>The type of that parameter.</summary>
    [Parameter(Position = 1, ParameterSetName = nameof(HaveParameter))]
    public Type? Type { get; set; }

    /// <summary>That parameter must be given.</summary>
    [Parameter(ParameterSetName = nameof(HaveParameter))]
    public SwitchParameter Mandatory { get; set; }

    /// <summary>The aliases of that parameter.</summary>
    [Parameter(ParameterSetName = nameof(HaveParameter))]
    public string[] Alias { get; set; } = [];
}
