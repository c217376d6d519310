namespace IoTF.Tests.Interop.Signals;

/// <summary>Something a test waited for did not happen.</summary>
public sealed class SignalMissedException(string message) : Exception(message);
