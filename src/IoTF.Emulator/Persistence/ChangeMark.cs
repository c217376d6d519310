namespace IoTF.Emulator.Persistence;

/// <summary>Remembers that something changed that is kept over a restart. From any thread.</summary>
internal sealed class ChangeMark
{
    private volatile bool _isSet;

    public void Set()
    {
        // Most often it is set already; then the line of memory stays shared.
        if (!_isSet)
        {
            _isSet = true;
        }
    }

    /// <summary>Whether something changed since the last call.</summary>
    public bool Take()
    {
        var wasSet = _isSet;
        _isSet = false;
        return wasSet;
    }
}
