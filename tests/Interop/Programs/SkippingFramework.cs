using System.Reflection;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("IoTF.Tests.Interop.Programs.SkippingFramework", "IoTF.Tests.Interop")]

namespace IoTF.Tests.Interop.Programs;

/// <summary>xunit, which reports a test whose program is missing as skipped, with the reason. A test of xunit 2 cannot say that itself.</summary>
public sealed class SkippingFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assembly, sources, diagnostics)
    {
        protected override void RunTestCases(IEnumerable<IXunitTestCase> cases, IMessageSink sink, ITestFrameworkExecutionOptions options) =>
            base.RunTestCases(cases, new Sink(sink), options);
    }

    private sealed class Sink(IMessageSink next) : LongLivedMarshalByRefObject, IMessageSink
    {
        public bool OnMessage(IMessageSinkMessage message) => next.OnMessage(message is ITestFailed failed ? Translate(failed) : message);

        private static IMessageSinkMessage Translate(ITestFailed failed)
        {
            // All, because the fixture of a class fails beside what is disposed after it.
            var missing = Array.IndexOf(failed.ExceptionTypes, typeof(MissingProgramException).FullName);
            return missing < 0 ? failed : new TestSkipped(failed.Test, failed.Messages[missing]);
        }
    }
}
