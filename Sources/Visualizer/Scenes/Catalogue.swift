import BundledScenarios

/// The bundled scenarios by system, as lists of them show them.
enum Catalogue {
  /// A system that scenarios are about.
  enum System: String, CaseIterable {
    case map
    case allocator
    case tcp

    var title: Bilingual {
      switch self {
      case .map: Bilingual("Go map", "Go map")
      case .allocator: Bilingual("Go allocator", "Go 内存分配器")
      case .tcp: Bilingual("TCP", "TCP")
      }
    }
  }

  struct Entry {
    var name: String
    var title: Bilingual
    /// What a viewer learns from it.
    var teaches: Bilingual
    var system: System
    var rules: String
  }

  /// All of them, in the order of the systems; scripts are not read.
  static func entries() throws(InputError) -> [Entry] {
    var entries: [Entry] = []
    for (name, yaml) in BundledScenarios.all {
      let file = "\(name).yaml"
      let heading = try ScenarioHeading(file: file, bytes: yaml)
      guard let system = System(rawValue: heading.model.text) else {
        throw InputError(file: file, "no list has a place for '\(heading.model.text)'")
      }
      entries.append(
        Entry(
          name: name, title: heading.title, teaches: heading.teaches ?? heading.title,
          system: system, rules: heading.rules?.text ?? ""))
    }
    return System.allCases.flatMap { system in entries.filter { $0.system == system } }
  }
}
