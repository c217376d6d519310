using System.Text;
using System.Text.RegularExpressions;

namespace IoTF.PowerShell.Certificates;

/// <summary>Recognizes what is given for a certificate by mistake, and says what to do with it.</summary>
internal static partial class MistakenContent
{
    private const string PemMark = "-----BEGIN ";

    /// <summary>Fewer characters than any certificate has in Base64, and more than a file name.</summary>
    private const int ShortestBase64 = 200;

    private static readonly string FromSecret =
        "Take one value out of the secret and decode it, such as: kubectl get secret NAME -o jsonpath='{.data.ca\\.crt}' | ForEach-Object { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($_)) }";

    /// <summary>Throws when a text can be nothing that is read as a certificate.</summary>
    /// <param name="text">The text, or the content of a file.</param>
    /// <param name="source">What it is, to be named.</param>
    /// <exception cref="CertificateReadException">It is empty, Base64 around a certificate, a secret, a manifest or a page.</exception>
    public static void Refuse(string text, string source)
    {
        var start = text.AsSpan().Trim("\uFEFF \t\r\n");
        if (start.IsEmpty)
        {
            throw new CertificateReadException($"There is no certificate in {source}: it is empty.") { NextStep = "Check how the file was written, and give one with a certificate." };
        }

        if (start[0] is '{' || (start[0] is '[' && start.Contains('"')))
        {
            throw new CertificateReadException($"There is no certificate in {source}: it is JSON, as secrets are exported.") { NextStep = FromSecret };
        }

        if (Manifest().IsMatch(text))
        {
            throw new CertificateReadException($"There is no certificate in {source}: it is YAML of Kubernetes.") { NextStep = FromSecret };
        }

        if (start[0] == '<')
        {
            throw new CertificateReadException($"There is no certificate in {source}: it is a web page or XML.")
            {
                NextStep = "Open what was downloaded: it may be a login page. Get the certificate itself.",
            };
        }

        if (DecodedName(text) is { } decoded)
        {
            throw new CertificateReadException($"There is no certificate in {source} as it is: it is Base64 of {decoded}, as in the data of a Kubernetes secret.")
            {
                NextStep = decoded == "PEM"
                    ? "Decode it: [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($text))"
                    : "Decode it: , [Convert]::FromBase64String($text)",
            };
        }
    }

    /// <summary>What a PEM text without a certificate has in place of one; null when it has nothing.</summary>
    public static string? LabelsOf(string text)
    {
        var labels = PemLabel().Matches(text).Select(match => match.Groups["label"].Value).Distinct().ToList();
        return labels.Count > 0 ? string.Join(", ", labels) : null;
    }

    private static string? DecodedName(string text)
    {
        if (text.Length < ShortestBase64 || text.Contains(PemMark, StringComparison.Ordinal))
        {
            return null;
        }

        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var count))
        {
            return null;
        }

        var decoded = bytes.AsSpan(0, count);
        return Encoding.Latin1.GetString(decoded).Contains(PemMark, StringComparison.Ordinal) ? "PEM" : IsDer(decoded) ? "a DER or PFX file" : null;
    }

    /// <summary>A SEQUENCE whose length is that of the rest (X.690 §8.1.3).</summary>
    private static bool IsDer(ReadOnlySpan<byte> bytes) => bytes is [0x30, 0x82, var high, var low, ..] && bytes.Length == 4 + ((high << 8) | low);

    [GeneratedRegex(@"\A\uFEFF?\s*(---\s+)?(apiVersion|kind)\s*:", RegexOptions.CultureInvariant)]
    private static partial Regex Manifest();

    [GeneratedRegex(@"-----BEGIN (?<label>[A-Z0-9 ]{1,40})-----", RegexOptions.CultureInvariant)]
    private static partial Regex PemLabel();
}
