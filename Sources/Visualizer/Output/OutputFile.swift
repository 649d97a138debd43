import Foundation

/// Writes a file so that either the whole of it or nothing stands under its name.
enum OutputFile {
  /// Writes to a file without a name, flushes, and gives it its name; `-` is standard output.
  ///
  /// - Throws: `OutputError` where that fails; nothing is left behind then.
  static func write(
    _ path: String, overwrite: Bool, _ produce: (inout ByteSink) throws -> Void
  ) throws {
    if path == "-" {
      var sink = ByteSink(descriptor: 1, name: "standard output")
      try produce(&sink)
      try sink.flush()
      return
    }
    let exists = OutputError(
      path,
      Bilingual(
        "the file exists; choose another name or add --overwrite",
        "文件已存在；请换一个名字，或加上 --overwrite"))
    var status = stat()
    if stat(path, &status) == 0 {
      // A pipe or a device is written to; only a file can be replaced.
      if status.st_mode & S_IFMT != S_IFREG { return try writeThrough(path, produce) }
      guard overwrite else { throw exists }
    }
    // Behind a symbolic link the file that it leads to is replaced.
    let path =
      realpath(path, nil).map { resolved in
        defer { free(resolved) }
        return String(cString: resolved)
      } ?? path
    signal(SIGXFSZ, SIG_IGN)  // A limit on files' sizes is an error like a full disk.
    var file = try UnfinishedFile(for: path)
    var sink = ByteSink(descriptor: file.descriptor, name: path)
    try produce(&sink)
    try sink.flush()
    guard try file.publish(overwrite: overwrite) else { throw exists }
  }

  private static func writeThrough(
    _ path: String, _ produce: (inout ByteSink) throws -> Void
  ) throws {
    let descriptor = Foundation.open(path, O_WRONLY)
    guard descriptor >= 0 else { throw OutputError(path, refused: .writing) }
    defer { close(descriptor) }
    var sink = ByteSink(descriptor: descriptor, name: path)
    try produce(&sink)
    try sink.flush()
  }
}
