using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;

namespace IoTF.Mqtt.Proxies;

/// <summary>A connection through a SOCKS 5 proxy (RFC 1928), with user name and password when there are (RFC 1929). The proxy resolves the name.</summary>
internal static class SocksTunnel
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte UserNameAndPassword = 2;
    private const byte NoMethod = 0xFF;
    private const byte IPv4Address = 1;
    private const byte DomainName = 3;
    private const byte IPv6Address = 4;

    /// <summary>Asks for the connection; the stream leads to the target then.</summary>
    /// <exception cref="LinkException">The proxy refuses.</exception>
    /// <exception cref="InvalidDataException">The answer is not SOCKS.</exception>
    /// <exception cref="IOException">The connection ended.</exception>
    public static async Task OpenAsync(Stream stream, DialTarget target, CancellationToken cancellationToken)
    {
        await AuthenticateAsync(stream, target.Proxy!, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Request(target), cancellationToken).ConfigureAwait(false);

        // Version, answer, reserved, type of the address that follows; the address is of no interest.
        var answer = await ReadAsync(stream, 4, cancellationToken).ConfigureAwait(false);
        Require(answer[0] == Version);
        if (answer[1] != 0)
        {
            throw Refused(answer[1], target);
        }

        var length = answer[3] switch
        {
            IPv4Address => 4,
            IPv6Address => 16,
            DomainName => (await ReadAsync(stream, 1, cancellationToken).ConfigureAwait(false))[0],
            _ => throw NotSocks(),
        };
        await ReadAsync(stream, length + 2, cancellationToken).ConfigureAwait(false);
    }

    private static async Task AuthenticateAsync(Stream stream, ProxyServer proxy, CancellationToken cancellationToken)
    {
        byte[] methods = proxy.Credential is null ? [NoAuthentication] : [NoAuthentication, UserNameAndPassword];
        await stream.WriteAsync(new byte[] { Version, (byte)methods.Length }.Concat(methods).ToArray(), cancellationToken).ConfigureAwait(false);
        var choice = await ReadAsync(stream, 2, cancellationToken).ConfigureAwait(false);
        Require(choice[0] == Version);
        switch (choice[1])
        {
            case NoAuthentication:
                return;
            case UserNameAndPassword when proxy.Credential is { } credential:
                var login = Login(proxy.LoginName, credential.Password);
                try
                {
                    await stream.WriteAsync(login, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(login);
                }

                // Version of the exchange, then zero for success.
                if ((await ReadAsync(stream, 2, cancellationToken).ConfigureAwait(false))[1] != 0)
                {
                    throw new LinkException(LinkFailure.ProxyAuthenticationRequired, $"The proxy {proxy} does not accept the user name and the password.");
                }

                return;
            case NoMethod or UserNameAndPassword:
                throw new LinkException(
                    LinkFailure.ProxyAuthenticationRequired,
                    proxy.Credential is null
                        ? $"The proxy {proxy} requires authentication, and no user name was given."
                        : $"The proxy {proxy} accepts no user name with a password.");
            default:
                throw NotSocks();
        }
    }

    private static byte[] Login(string userName, string secret)
    {
        var user = Encoding.UTF8.GetBytes(userName);
        var password = Encoding.UTF8.GetBytes(secret);
        try
        {
            return user.Length is > 0 and <= 255 && password.Length <= 255
                ? [1, (byte)user.Length, .. user, (byte)password.Length, .. password]
                : throw new LinkException(LinkFailure.ProxyAuthenticationRequired, "SOCKS allows user names and passwords of at most 255 bytes, and no empty user name.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }

    private static byte[] Request(DialTarget target)
    {
        byte[] address;
        if (IPAddress.TryParse(target.HostName, out var literal))
        {
            address = [literal.AddressFamily == AddressFamily.InterNetwork ? IPv4Address : IPv6Address, .. literal.GetAddressBytes()];
        }
        else
        {
            // A host name has 253 characters at most, so its length fits.
            var name = Encoding.ASCII.GetBytes(target.HostName);
            address = [DomainName, (byte)name.Length, .. name];
        }

        var port = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(port, (ushort)target.Port);
        return [Version, 1, 0, .. address, .. port];
    }

    private static LinkException Refused(byte code, DialTarget target) => code switch
    {
        3 or 4 or 5 or 6 => new LinkException(
            LinkFailure.ProxyCouldNotConnect,
            $"The proxy {target.Proxy} could not connect to {target.Authority} (SOCKS answer {code}: {code switch { 3 => "network unreachable", 4 => "host unreachable", 5 => "connection refused", _ => "time to live expired" }})."),
        1 => new LinkException(
            LinkFailure.ProxyCouldNotConnect, $"The proxy {target.Proxy} could not connect to {target.Authority} (SOCKS answer 1: it gives no reason)."),
        2 => new LinkException(LinkFailure.ProxyRefused, $"The proxy {target.Proxy} does not allow connections to {target.Authority} (SOCKS answer 2)."),
        _ => new LinkException(LinkFailure.ProxyRefused, $"The proxy {target.Proxy} refuses to connect to {target.Authority} (SOCKS answer {code})."),
    };

    private static async Task<byte[]> ReadAsync(Stream stream, int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
        return bytes;
    }

    private static void Require(bool isSocks)
    {
        if (!isSocks)
        {
            throw NotSocks();
        }
    }

    private static InvalidDataException NotSocks() => new("The answer is not SOCKS 5.");
}
