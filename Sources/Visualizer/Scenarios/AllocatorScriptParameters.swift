import Models

// With what the allocator of a scenario starts.

extension AllocatorScript {
  private static let parameters = ["processors", "gogc", "madvfree"]

  /// The allocator before the first line, as the file's parameters want it.
  static func start(
    _ file: ScenarioFile, _ rules: GoAllocator.Rules
  ) throws(ScriptError) -> GoAllocator {
    try file.expectParameters(parameters)
    var processors = 1
    var gogc: Int?
    var usesMadvFree = false
    for (name, value) in file.parameters {
      func error(_ en: String, _ zh: String) -> ScriptError {
        ScriptError(Bilingual("\(name.text): \(en)", "\(name.text): \(zh)"), at: value)
      }
      switch name.text {
      case "processors":
        guard let number = Int(value.text), 1...GoAllocator.processorLimit ~= number else {
          let limit = GoAllocator.processorLimit
          throw error("write a number from 1 to \(limit)", "请写 1 到 \(limit) 的数字")
        }
        processors = number
      case "gogc":
        if value.text == "off" { continue }
        guard let number = Int(value.text), AllocatorLimits.gogc ~= number else {
          let (least, most) = (AllocatorLimits.gogc.lowerBound, AllocatorLimits.gogc.upperBound)
          throw error(
            "write off, or a percentage from \(least) to \(most), such as 100",
            "请写 off，或者 \(least) 到 \(most) 的百分比，如 100")
        }
        gogc = number
      default:
        guard value.text == "true" || value.text == "false" else {
          throw error("write true or false", "请写 true 或 false")
        }
        usesMadvFree = value.text == "true"
        if usesMadvFree, rules.isNotesEra {
          throw error(
            "MADV_FREE came with Go 1.12; these rules do not know it",
            "MADV_FREE 从 Go 1.12 开始才有，这套规则没有它")
        }
      }
    }
    return GoAllocator(
      rules: rules, processors: processors, gogc: gogc, usesMadvFree: usesMadvFree)
  }
}
