using System.Reflection;
using System.Text;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace IoTF.Tests.Windows;

/// <summary>
/// Runs the unit tests, class by class, and writes each result down before the next test starts. Started again after a crash, it begins again with
/// the class that crashed, three times in all.
/// </summary>
internal static class Program
{
    /// <summary>How often a class is begun when the process ends in it.</summary>
    private const int Tries = 3;

    private static int Main(string[] arguments)
    {
        if (arguments is not [var results])
        {
            Console.Error.WriteLine("Usage: IoTF.Tests.Windows <file for the results>");
            return 2;
        }

        var before = File.Exists(results) ? File.ReadAllLines(results) : [];
        using var file = new StreamWriter(results, append: true, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
        var report = new Report(file);
        var folder = Path.GetDirectoryName(results)!;
        EmulatorAuthority.Use(Path.Combine(folder, "authority.crt"), Path.Combine(folder, "server.pfx"));
        var ended = Names(before, "END").ToHashSet();
        var begun = Names(before, "CLASS").CountBy(static name => name).ToDictionary();

        var assembly = Assembly.Load("IoTF.Tests.Unit");
        using var framework = new XunitTestFramework(new IgnoredMessages());
        using var discoverer = framework.GetDiscoverer(Reflector.Wrap(assembly));
        using var executor = framework.GetExecutor(assembly.GetName());
        using var found = new Discovery();
        discoverer.Find(includeSourceInformation: false, found, new Options());
        var classes = found.Wait().GroupBy(static test => test.TestMethod.TestClass.Class.Name).OrderBy(static group => group.Key, StringComparer.Ordinal).ToList();
        foreach (var cases in classes.Where(cases => !ended.Contains(cases.Key) && begun.GetValueOrDefault(cases.Key) < Tries))
        {
            RunClass(executor, cases, report);
        }

        // Wine's sockets fail now and then: what failed is tried once more.
        foreach (var cases in classes.Where(cases => report.Failed.Contains(cases.Key)).ToList())
        {
            report.Write("AGAIN", cases.Key, "");
            RunClass(executor, cases, report);
        }

        report.Write("ALL", "", "");
        return 0;
    }

    private static void RunClass(ITestFrameworkExecutor executor, IGrouping<string, IXunitTestCase> cases, Report report)
    {
        report.Write("CLASS", cases.Key, "");
        using var run = new Run(report, cases.Key);
        executor.RunTests(cases, run, new Options());
        run.Wait();
        report.Write("END", cases.Key, "");
    }

    private static IEnumerable<string> Names(string[] rows, string kind) =>
        rows.Select(static row => row.Split('\t')).Where(row => row[0] == kind).Select(static row => row[1]);

    private sealed class Report(TextWriter file)
    {
        private readonly Lock _gate = new();

        /// <summary>The classes in which a test failed in this process.</summary>
        public HashSet<string> Failed { get; } = [];

        public void Write(string kind, string name, string detail)
        {
            lock (_gate)
            {
                file.WriteLine($"{kind}\t{OneLine(name)}\t{OneLine(detail)}");
            }
        }

        private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');
    }

    /// <summary>Tests of a class one after the other.</summary>
    private sealed class Options : ITestFrameworkDiscoveryOptions, ITestFrameworkExecutionOptions
    {
        private readonly Dictionary<string, object?> _values = new() { ["xunit.execution.DisableParallelization"] = true };

        public TValue GetValue<TValue>(string name) => _values.TryGetValue(name, out var value) ? (TValue)value! : default!;

        public void SetValue<TValue>(string name, TValue value) => _values[name] = value;
    }

    private sealed class IgnoredMessages : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => true;
    }

    private sealed class Discovery : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        private readonly List<ITestCase> _cases = [];
        private readonly ManualResetEventSlim _complete = new();

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestCaseDiscoveryMessage found:
                    _cases.Add(found.TestCase);
                    break;
                case IDiscoveryCompleteMessage:
                    _complete.Set();
                    break;
            }

            return true;
        }

        public IEnumerable<IXunitTestCase> Wait()
        {
            _complete.Wait();
            return _cases.Cast<IXunitTestCase>();
        }

        public void Dispose() => _complete.Dispose();
    }

    private sealed class Run(Report report, string testClass) : LongLivedMarshalByRefObject, IMessageSink, IDisposable
    {
        private readonly ManualResetEventSlim _complete = new();

        public bool OnMessage(IMessageSinkMessage message)
        {
            switch (message)
            {
                case ITestPassed passed:
                    report.Write("PASS", passed.Test.DisplayName, "");
                    break;
                case ITestFailed failed:
                    report.Failed.Add(testClass);
                    report.Write("FAIL", failed.Test.DisplayName, Said(failed));
                    break;
                case ITestSkipped skipped:
                    report.Write("SKIP", skipped.Test.DisplayName, skipped.Reason);
                    break;
                case IErrorMessage error:
                    report.Write("FAIL", "outside of a test", Said(error));
                    break;
                case ITestAssemblyFinished:
                    _complete.Set();
                    break;
            }

            return true;
        }

        public void Wait() => _complete.Wait();

        public void Dispose() => _complete.Dispose();

        /// <summary>All exceptions, and where the innermost one came from.</summary>
        private static string Said(IFailureInformation failure) =>
            string.Join(" ---> ", failure.ExceptionTypes.Zip(failure.Messages, static (type, message) => $"{type}: {message}")) +
            " at " + string.Join(" < ", (failure.StackTraces[^1] ?? "").Split('\n').Take(4).Select(static line => line.Trim()));
    }
}
