using System.Management.Automation;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>What every refusal has to say.</summary>
internal static class Refusals
{
    /// <summary>The one error of a script: it has this id, says what failed and what to do next, each once, and has no word of the token.</summary>
    public static ErrorRecord HasIdAndNextStep(string id, ScriptResult result)
    {
        var error = Assert.Single(result.Failure is null ? result.Errors : [.. result.Errors, result.Failure]);
        Assert.Equal(id, error.Id());
        var nextStep = error.NextStep();
        Assert.False(string.IsNullOrWhiteSpace(nextStep));
        Assert.False(string.IsNullOrWhiteSpace(error.ToString()));
        Assert.DoesNotContain(nextStep, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Service.Token, error.ToString() + nextStep + error.Exception, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        return error;
    }
}
