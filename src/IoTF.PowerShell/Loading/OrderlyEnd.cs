namespace IoTF.PowerShell.Loading;

/// <summary>Disposes of things step by step, within a limit.</summary>
internal static class OrderlyEnd
{
    /// <summary>Ends what comes first, then the next. A step that takes longer than its share of the time goes on while the next begins.</summary>
    /// <returns>Completes when everything has ended, or at the limit.</returns>
    public static async Task RunAsync(IEnumerable<(EndOrder Order, IAsyncDisposable Resource)> owned, TimeSpan limit, TimeProvider clock)
    {
        var began = clock.GetTimestamp();
        var steps = owned.GroupBy(static one => one.Order).OrderBy(static step => step.Key).ToList();
        for (var step = 0; step < steps.Count; step++)
        {
            // On pool threads, so that one that blocks cannot hold up its neighbors or the limit.
            var ended = Task.WhenAll(steps[step].Select(static one => Task.Run(() => DisposeAsync(one.Resource))));
            var left = (limit * (step + 1) / steps.Count) - clock.GetElapsedTime(began);
            await Task.WhenAny(ended, Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock)).ConfigureAwait(false);
        }
    }

    private static async Task DisposeAsync(IAsyncDisposable resource)
    {
        try
        {
            await resource.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Nobody is left to be told: the runspace is closed, or the module is gone. The others must still end.
        }
    }
}
