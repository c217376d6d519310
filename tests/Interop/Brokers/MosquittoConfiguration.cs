using System.Globalization;
using IoTF.Tests.Interop.Programs;

namespace IoTF.Tests.Interop.Brokers;

/// <summary>The files a broker is started with.</summary>
internal static class MosquittoConfiguration
{
    /// <summary>
    /// Since 2.0, Mosquitto's <c>tls_version</c> is the lowest version, not the only one, and nothing sets the highest. OpenSSL's own configuration does.
    /// </summary>
    private const string OpenSslUpToTls12 =
        """
        openssl_conf = defaults
        [defaults]
        ssl_conf = ssl
        [ssl]
        system_default = tls
        [tls]
        MaxProtocol = TLSv1.2
        """;

    /// <summary>Writes the configuration and the password file.</summary>
    /// <returns>The configuration's path.</returns>
    public static async Task<string> WriteAsync(MosquittoOptions options, int? plainPort, int? tlsPort, int? webSocketPort, TemporaryFolder folder)
    {
        List<string> lines =
        [
            // As root, Mosquitto would become another user that cannot read this folder.
            "user root",
            "log_dest stderr",
            .. options.LogPackets ? ["log_type all"] : new[] { "log_type error", "log_type warning", "log_type notice", "log_type information" },
            "connection_messages true",
            "log_timestamp false",
            string.Create(CultureInfo.InvariantCulture, $"max_queued_messages {options.MaxQueuedMessages}"),
            $"persistence {(options.Persistence ? "true" : "false")}",
            $"persistence_location {folder.FullName}/",
        ];
        if (options.SavesAfterChanges is { } changes)
        {
            lines.AddRange(["autosave_on_changes true", string.Create(CultureInfo.InvariantCulture, $"autosave_interval {changes}")]);
        }

        if (options.MaxPacketSize is { } size)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"max_packet_size {size}"));
        }

        if (options.MaxInflightMessages is { } inflight)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"max_inflight_messages {inflight}"));
        }

        if (options.Users is { } users)
        {
            var passwords = folder.Write("passwords", string.Concat(users.Select(user => $"{user.Key}:{user.Value}\n")));
            await RunningProgram.RunAsync(DebianProgram.MosquittoPassword, "-U", passwords);
            lines.AddRange(["allow_anonymous false", $"password_file {passwords}"]);
        }
        else
        {
            lines.Add("allow_anonymous true");
        }

        if (plainPort is { } plain)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"listener {plain} 127.0.0.1"));
        }

        if (webSocketPort is { } webSocket)
        {
            lines.AddRange([string.Create(CultureInfo.InvariantCulture, $"listener {webSocket} 127.0.0.1"), "protocol websockets"]);
            if (options.Tls is { } certificate)
            {
                lines.AddRange([$"certfile {certificate.Certificate}", $"keyfile {certificate.Key}"]);
            }
        }

        if (tlsPort is { } secure)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"listener {secure} 127.0.0.1"));
            lines.AddRange([$"certfile {options.Tls!.Certificate}", $"keyfile {options.Tls.Key}", "tls_version tlsv1.2"]);
            if (options.ClientAuthorityFile is { } authority)
            {
                lines.AddRange([$"cafile {authority}", "require_certificate true"]);
            }
        }

        return folder.Write("mosquitto.conf", string.Join('\n', lines) + "\n");
    }

    /// <summary>The environment that makes OpenSSL speak TLS 1.2 at most.</summary>
    public static IReadOnlyDictionary<string, string> UpToTls12(TemporaryFolder folder)
        => new Dictionary<string, string> { ["OPENSSL_CONF"] = folder.Write("openssl.cnf", OpenSslUpToTls12) };
}
