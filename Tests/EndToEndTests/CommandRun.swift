internal import Glibc

/// A run of the program without a terminal: what it wrote, and how it ended.
struct CommandRun {
  var ending: PseudoTerminal.Ending
  var output: String
  var error: String
  /// The names of the files in its folder afterwards, sorted.
  var files: [String]

  /// Runs the program in an empty folder of its own, in which the files that are given stand.
  init(
    _ arguments: [String], input: String? = nil, files: [String: String] = [:],
    bytes: [String: [UInt8]] = [:], with changes: [String: String] = [:]
  ) throws {
    try self.init(
      shell: "\"$0\" \"$@\" <../input >../output 2>../error", arguments, input: input,
      files: files, bytes: bytes, with: changes)
  }

  /// Runs a shell script, to which the program's path is `$0`.
  init(
    shell script: String, _ arguments: [String] = [], input: String? = nil,
    files: [String: String] = [:], bytes: [String: [UInt8]] = [:],
    with changes: [String: String] = [:]
  ) throws {
    var template = Array("/tmp/visualizer-run-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw PseudoTerminal.Failure(description: "no temporary folder: error \(errno)")
    }
    let folder = String(cBytes: template)
    defer { Self.remove(folder) }
    mkdir("\(folder)/here", 0o755)
    try Self.write(Array((input ?? "").utf8), to: "\(folder)/input")
    for (name, text) in files { try Self.write(Array(text.utf8), to: "\(folder)/here/\(name)") }
    for (name, bytes) in bytes { try Self.write(bytes, to: "\(folder)/here/\(name)") }
    var environment = Program.environment
    for (name, value) in changes { environment[name] = value }
    let shell = try PseudoTerminal(
      "/bin/bash", ["-c", "cd '\(folder)/here' && { \(script)\n}", Program.path] + arguments,
      environment: environment)
    ending = try shell.waitForEnd(patience: .seconds(200))
    output = Self.read("\(folder)/output")
    error = Self.read("\(folder)/error")
    self.files = Self.names("\(folder)/here")
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    guard let file = fopen(path, "w") else {
      throw PseudoTerminal.Failure(description: "cannot write \(path)")
    }
    defer { fclose(file) }
    fwrite(bytes, 1, bytes.count, file)
  }

  private static func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }

  private static func names(_ folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private static func remove(_ folder: String) {
    for name in names("\(folder)/here") {
      unlink("\(folder)/here/\(name)")
      rmdir("\(folder)/here/\(name)")
    }
    rmdir("\(folder)/here")
    for name in names(folder) { unlink("\(folder)/\(name)") }
    rmdir(folder)
  }
}
