import Foundation

/// Reads files, with errors that say what was wrong with them.
enum InputFile {
  /// The largest file that is read into memory.
  static let sizeLimit = 512 << 20

  /// Whether there is a file or folder at a path.
  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// The bytes of a file, or of standard input for `-`.
  ///
  /// - Throws: `InputError` of the kinds missing or unreadable.
  static func read(_ path: String) throws(InputError) -> [UInt8] {
    let descriptor = try open(path)
    defer { if descriptor != 0 { close(descriptor) } }
    return try readAll(descriptor, path)
  }

  /// What a file holds, by its first bytes.
  enum Contents {
    case bytes([UInt8])
    case capture(CaptureSource)
  }

  /// The bytes of a file, or of standard input for `-`; a packet capture stays where it is.
  ///
  /// A capture that cannot be read twice, as from a pipe, is put into a file without a name.
  static func contents(_ path: String) throws(InputError) -> Contents {
    let descriptor = try open(path)
    var isTaken = false
    defer { if descriptor != 0, !isTaken { close(descriptor) } }
    let start = try readSome(descriptor, path, 4)
    guard CaptureSource.isCapture(start) else {
      return .bytes(try readAll(descriptor, path, after: start))
    }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
      isTaken = true
      let own = descriptor == 0 ? dup(0) : descriptor
      return .capture(CaptureSource(name: path, descriptor: own))
    }
    return .capture(
      CaptureSource(name: path, descriptor: try spool(descriptor, path, after: start)))
  }

  private static func open(_ path: String) throws(InputError) -> Int32 {
    if path == "-" { return 0 }
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw InputError(
        file: path, "no such file, and no bundled scenario of that name", kind: .missing)
    }
    guard !isDirectory.boolValue else {
      throw InputError(file: path, "this is a directory; name a file", kind: .contents)
    }
    let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    return descriptor
  }

  private static func unreadable(_ name: String) -> InputError {
    InputError(file: name, "cannot be read: \(String(cString: strerror(errno)))", kind: .unreadable)
  }

  /// At most so many bytes; fewer only at the end.
  private static func readSome(
    _ descriptor: Int32, _ name: String, _ limit: Int
  ) throws(InputError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    var filled = 0
    while filled < limit {
      let count = bytes.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress.map { $0 + filled }, limit - filled)
      }
      if count == 0 { break }
      if count < 0 {
        if errno == EINTR { continue }
        throw unreadable(name)
      }
      filled += count
    }
    return Array(bytes.prefix(filled))
  }

  /// The largest capture that is taken from a pipe.
  private static let spoolLimit = 4 << 30

  /// Copies a stream into a file that has no name any more.
  private static func spool(
    _ descriptor: Int32, _ name: String, after start: [UInt8]
  ) throws(InputError) -> Int32 {
    var template = Array("\(NSTemporaryDirectory())/visualizer-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw unreadable(name) }
    unlink(template)
    var bytes = start
    var total = 0
    while !bytes.isEmpty {
      total += bytes.count
      var written = 0
      while written < bytes.count, total <= spoolLimit {
        let count = bytes.withUnsafeBytes {
          write(file, $0.baseAddress.map { $0 + written }, bytes.count - written)
        }
        if count < 0, errno != EINTR { break }
        written += max(0, count)
      }
      guard written == bytes.count else {
        close(file)
        throw InputError(file: name, "the input is too large for a temporary file")
      }
      do {
        bytes = try readSome(descriptor, name, 1 << 16)
      } catch {
        close(file)
        throw error
      }
    }
    return file
  }

  private static func readAll(
    _ descriptor: Int32, _ name: String, after start: [UInt8] = []
  ) throws(InputError) -> [UInt8] {
    var bytes = start
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
        throw unreadable(name)
      }
      bytes.append(contentsOf: chunk[0..<count])
      if bytes.count > sizeLimit {
        throw InputError(file: name, "the input is larger than \(sizeLimit >> 20) MB")
      }
    }
  }
}
