import Models

// With what the allocator of a scenario starts.

extension AllocatorScript {
  private static let parameters = ["processors", "gogc", "madvfree"]

  /// The allocator before the first line, as the file's parameters want it.
  static func start(
    _ file: ScenarioFile, _ rules: GoAllocator.Rules
  ) throws(InputError) -> GoAllocator {
    try file.expectParameters(parameters)
    var processors = 1
    var gogc: Int?
    var usesMadvFree = false
    for (name, value) in file.parameters {
      func error(_ message: String) -> InputError {
        InputError(file: file.file, line: value.line, column: value.column, message)
      }
      switch name.text {
      case "processors":
        guard let number = Int(value.text), 1...GoAllocator.processorLimit ~= number else {
          throw error("processors: write a number from 1 to \(GoAllocator.processorLimit)")
        }
        processors = number
      case "gogc":
        if value.text == "off" { continue }
        guard let number = Int(value.text), AllocatorLimits.gogc ~= number else {
          throw error(
            "gogc: write off, or a percentage from \(AllocatorLimits.gogc.lowerBound) to "
              + "\(AllocatorLimits.gogc.upperBound), such as 100")
        }
        gogc = number
      default:
        guard value.text == "true" || value.text == "false" else {
          throw error("madvfree: write true or false")
        }
        usesMadvFree = value.text == "true"
        if usesMadvFree, rules.isNotesEra {
          throw error("madvfree: MADV_FREE came with Go 1.12; these rules do not know it")
        }
      }
    }
    return GoAllocator(
      rules: rules, processors: processors, gogc: gogc, usesMadvFree: usesMadvFree)
  }
}
