using System.Security.Cryptography;

namespace IoTF.Mqtt.Transport;

/// <summary>Windows cannot store a private key where its TLS can use it.</summary>
public sealed class KeyStorageException(string message, Exception innerException) : IOException(message, innerException)
{
    // HRESULT of ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ERROR_ACCESS_DENIED and NTE_BAD_KEYSET.
    private static readonly int[] NoStorage = [unchecked((int)0x80070002), unchecked((int)0x80070003), unchecked((int)0x80070005), unchecked((int)0x80090016)];

    /// <summary>Turns what Windows says into what can be done about it.</summary>
    /// <returns>Null when it is about something else, such as a wrong password.</returns>
    internal static KeyStorageException? Explain(CryptographicException fault) => NoStorage.Contains(fault.HResult)
        ? new KeyStorageException(
            $"Windows cannot store the key in the profile of this account ({fault.Message.TrimEnd('.')}). Have the service, task or application pool load the user's profile, or give the thumbprint of a certificate in Cert:\\LocalMachine\\My whose key the account may read.",
            fault)
        : null;
}
