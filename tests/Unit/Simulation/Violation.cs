namespace IoTF.Tests.Unit.Simulation;

/// <summary>A history broke a rule.</summary>
internal sealed class Violation(string rule) : Exception(rule)
{
    public static void Unless(bool holds, string rule)
    {
        if (!holds)
        {
            throw new Violation(rule);
        }
    }
}
