import Models

/// The language in which a scenario asks something of Go's allocator.
struct AllocatorScript: ScriptLanguage {
  private(set) var words = AllocatorWords()
  /// The allocator before the first line.
  let start: GoAllocator

  init(_ file: ScenarioFile, rules: GoAllocator.Rules) throws(InputError) {
    start = GoAllocator(rules: rules)
  }

  mutating func parse(
    _ line: ScenarioFile.Word
  ) throws(InputError) -> [GoAllocator.Operation] {
    []
  }
}
