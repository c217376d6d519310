namespace IoTF.Tests.Interop.Windows;

/// <summary>The process ended, or was ended because it hung, before its script did. IoTF cannot end a process; Wine 8 does now and then.</summary>
internal sealed class WineCrashedException(string message, Exception? inner = null) : Exception(message, inner);
