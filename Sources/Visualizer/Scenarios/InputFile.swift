import Foundation

/// Reads files whole, with errors that say what was wrong with them.
enum InputFile {
  /// The largest file that is read into memory.
  static let sizeLimit = 512 << 20

  /// Whether there is a file or folder at a path.
  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// The bytes of a file, or of standard input for `-`.
  ///
  /// - Throws: `InputError` of the kinds missing or unreadable.
  static func read(_ path: String) throws(InputError) -> [UInt8] {
    if path == "-" { return try readAll(0, "-") }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InputError(
        file: path, "no such file, and no bundled scenario of that name", kind: .missing)
    }
    guard !isDirectory.boolValue else {
      throw InputError(file: path, "this is a directory; name a file", kind: .contents)
    }
    let descriptor = Foundation.open(path, O_RDONLY)
    guard descriptor >= 0 else {
      throw InputError(
        file: path, "cannot be read: \(String(cString: strerror(errno)))", kind: .unreadable)
    }
    defer { close(descriptor) }
    return try readAll(descriptor, path)
  }

  private static func readAll(_ descriptor: Int32, _ name: String) throws(InputError) -> [UInt8] {
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_size > 0 {
      guard status.st_size <= sizeLimit else {
        throw InputError(file: name, "the file is larger than \(sizeLimit >> 20) MB")
      }
      bytes.reserveCapacity(Int(status.st_size))
    }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Foundation.read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw InputError(
          file: name, "cannot be read: \(String(cString: strerror(errno)))", kind: .unreadable)
      }
      bytes.append(contentsOf: chunk[0..<count])
      if bytes.count > sizeLimit {
        throw InputError(file: name, "the input is larger than \(sizeLimit >> 20) MB")
      }
    }
  }
}
