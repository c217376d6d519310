namespace IoTF.Client.Configuration;

/// <summary>A value and where it comes from.</summary>
/// <param name="Value">The value; a secret only as a SecureString.</param>
/// <param name="Origin">Where it stands.</param>
/// <typeparam name="T">The type of the value.</typeparam>
public sealed record ConfigurationValue<T>(T Value, ConfigurationOrigin Origin);
