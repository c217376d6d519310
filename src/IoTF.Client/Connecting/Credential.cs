using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace IoTF.Client.Connecting;

/// <summary>A user name and its secret. The secret is in clear only while a CONNECT packet is made.</summary>
public sealed class Credential : IDisposable
{
    private readonly SecureString _secret;

    /// <summary>Keeps a copy of the secret.</summary>
    public Credential(string userName, SecureString secret)
    {
        UserName = userName;
        _secret = secret.Copy();
        _secret.MakeReadOnly();
    }

    /// <summary>The user name (protocol.md §3.1).</summary>
    public string UserName { get; }

    /// <summary>The bytes of the secret in UTF-8.</summary>
    public int SecretSize
    {
        get
        {
            var secret = RevealSecret();
            CryptographicOperations.ZeroMemory(secret);
            return secret.Length;
        }
    }

    /// <summary>The user name, never the secret.</summary>
    public override string ToString() => UserName;

    /// <inheritdoc/>
    public void Dispose() => _secret.Dispose();

    /// <summary>Whether both name the same user with the same secret.</summary>
    public bool IsSameAs(Credential? other)
    {
        if (other is null || other.UserName != UserName)
        {
            return false;
        }

        var (mine, theirs) = (RevealSecret(), other.RevealSecret());
        try
        {
            return CryptographicOperations.FixedTimeEquals(mine, theirs);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(mine);
            CryptographicOperations.ZeroMemory(theirs);
        }
    }

    /// <summary>The secret as UTF-8. The caller overwrites it after use.</summary>
    internal byte[] RevealSecret()
    {
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(_secret);
        try
        {
            unsafe
            {
                var characters = new ReadOnlySpan<char>((void*)pointer, _secret.Length);
                var bytes = new byte[Encoding.UTF8.GetByteCount(characters)];
                Encoding.UTF8.GetBytes(characters, bytes);
                return bytes;
            }
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }
}
