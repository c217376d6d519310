using System.Globalization;

namespace IoTF.Bench.Reports;

/// <summary>How figures are written, whatever the culture.</summary>
internal static class Figures
{
    public static string Rate(double perSecond) => double.IsNaN(perSecond) ? "–" : (perSecond / 1000).ToString("0.0 k/s", CultureInfo.InvariantCulture);

    public static string Ratio(double ratio) => double.IsNaN(ratio) ? "–" : ratio.ToString("0.00 ×", CultureInfo.InvariantCulture);

    public static string Count(double count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Micro(double seconds) => (seconds * 1e6).ToString("0 µs", CultureInfo.InvariantCulture);

    public static string Milli(double seconds) => (seconds * 1e3).ToString("0 ms", CultureInfo.InvariantCulture);

    public static string Mebi(double bytes) => (bytes / 1048576).ToString("0.0 MiB", CultureInfo.InvariantCulture);

    public static string Kibi(double bytes) => (bytes / 1024).ToString("0.0 KiB", CultureInfo.InvariantCulture);

    public static string Share(double share) => share.ToString("0 %", CultureInfo.InvariantCulture);
}
