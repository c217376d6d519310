using System.Security.Cryptography;
using System.Text;
using IoTF.Emulator.Persistence;

namespace IoTF.Emulator.Registry;

/// <summary>
/// A token as it is kept: salted and hashed. Tokens are random or belong to a local test installation, so one round is enough, and two thousand
/// devices can connect at once.
/// </summary>
internal sealed class TokenHash
{
    private const int SaltBytes = 16;

    private readonly byte[] _salt;
    private readonly byte[] _hash;

    public TokenHash(ReadOnlySpan<char> token)
    {
        _salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var bytes = new byte[Encoding.UTF8.GetByteCount(token)];
        Encoding.UTF8.GetBytes(token, bytes);
        _hash = HMACSHA256.HashData(_salt, bytes);
        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>A hash that was kept over a restart.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public TokenHash(SavedToken saved)
    {
        if (saved is not { Salt.Length: SaltBytes, Hash.Length: HMACSHA256.HashSizeInBytes })
        {
            throw new ArgumentException("The hash of a token has a wrong length.", nameof(saved));
        }

        (_salt, _hash) = (saved.Salt, saved.Hash);
    }

    /// <summary>A hash that fits nothing: compared with when a name is unknown, so that the answer takes as long as for a wrong token.</summary>
    public static TokenHash OfNobody { get; } = new(TokenGenerator.NewToken());

    public bool Matches(ReadOnlySpan<byte> password) =>
        CryptographicOperations.FixedTimeEquals(_hash, HMACSHA256.HashData(_salt, password));

    /// <summary>Its form in the file of the local service.</summary>
    public SavedToken Save() => new(_salt, _hash);
}
