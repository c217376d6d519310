namespace IoTF.Emulator.Routing;

/// <summary>The state of the index as far as it concerns the topics of one branch.</summary>
/// <param name="Branch">The branch.</param>
/// <param name="BranchVersion">Changes with filters that are concrete in the branch.</param>
/// <param name="WildVersion">Changes with filters that may concern any branch.</param>
internal readonly record struct IndexState(int Branch, int BranchVersion, int WildVersion);
