/// Where a viewer's own files are kept.
///
/// Source: XDG Base Directory Specification, 0.8; a path that is not absolute is to be ignored.
struct XDGFolders {
  /// Nil where no home is known: then nothing is kept.
  var configuration: String?
  var state: String?

  init(_ variables: [String: String]) {
    func folder(_ name: String, _ fallback: String) -> String? {
      if let path = variables[name], path.hasPrefix("/") { return path + "/visualizer" }
      guard let home = variables["HOME"], home.hasPrefix("/") else { return nil }
      return "\(home)/\(fallback)/visualizer"
    }
    configuration = folder("XDG_CONFIG_HOME", ".config")
    state = folder("XDG_STATE_HOME", ".local/state")
  }
}
