using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Tests that measure, or that need the whole machine: they run one after the other, after all others.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
