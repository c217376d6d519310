using IoTF.Client.Configuration;

namespace IoTF.PowerShell.Configuration;

/// <summary>
/// Fills the parameters that were not given with what the configuration says, and takes it back when the record is done: the next one of the
/// pipeline may be given other parameters.
/// </summary>
/// <param name="tell">Is told where each value comes from; never a secret.</param>
internal sealed class ParameterFilling(Action<string> tell) : IDisposable
{
    private readonly Stack<Action> _takeBack = new();

    /// <summary>Fills one parameter, unless it was given or the configuration does not say it.</summary>
    /// <param name="parameter">The parameter's name.</param>
    /// <param name="configured">The value.</param>
    /// <param name="fill">Sets the parameter.</param>
    /// <param name="takeBack">Makes it again what it is when it is not given.</param>
    /// <param name="isSecret">Whether only the origin is told.</param>
    public void Fill<T>(string parameter, ConfigurationValue<T>? configured, Action<T> fill, Action takeBack, bool isSecret = false)
    {
        if (configured is null || configured.Origin.Kind == ConfigurationSource.Parameter)
        {
            return;
        }

        _takeBack.Push(takeBack);
        fill(configured.Value);
        tell($"{parameter}{(isSecret ? "" : $" {configured.Value}")} comes from {configured.Origin}.");
    }

    /// <summary>Takes everything back.</summary>
    public void Dispose()
    {
        while (_takeBack.TryPop(out var takeBack))
        {
            takeBack();
        }
    }
}
