using System.Management.Automation;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>What every refusal has to say.</summary>
internal static class Refusals
{
    /// <summary>The one error of a script: it has this id, a next step that is part of its text, and no word of the token.</summary>
    public static ErrorRecord HasIdAndNextStep(string id, ScriptResult result)
    {
        var error = Assert.Single(result.Failure is null ? result.Errors : [.. result.Errors, result.Failure]);
        Assert.Equal(id, error.Id());
        var nextStep = error.NextStep();
        Assert.False(string.IsNullOrWhiteSpace(nextStep));
        Assert.Contains(nextStep, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Service.Token, error.ToString() + error.Exception, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        return error;
    }
}
