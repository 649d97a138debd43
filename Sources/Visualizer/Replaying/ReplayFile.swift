/// Tells what kind of recording a file is, and opens it.
enum ReplayFile {
  /// Opens a recording, or standard input for `-`.
  ///
  /// `idleLimit` shortens pauses to so many seconds, whatever the recording asks for.
  static func open(_ path: String, idleLimit: Double? = nil) throws(InputError) -> Replay {
    let bytes: [UInt8]
    do {
      bytes = try InputFile.read(path)
    } catch var error {
      if error.kind == .missing { error.message = "no such file" }
      throw error
    }
    return try read(bytes, file: path, idleLimit: idleLimit)
  }

  /// A replay of a file's bytes.
  static func read(
    _ bytes: [UInt8], file: String, idleLimit: Double? = nil
  ) throws(InputError) -> Replay {
    guard bytes.count <= Replay.sizeLimit else {
      throw InputError(
        file: file, "the recording is larger than \(Replay.sizeLimit >> 20) MB; cut it into parts")
    }
    let name = ShowLibrary.shortName(file)
    if FramesFile.isFrames(bytes) {
      return try FramesFile(file: file, bytes: bytes).replay(name: name)
    }
    switch bytes.first {
    case nil: throw InputError(file: file, "the file is empty; is its recording still running?")
    case UInt8(ascii: "{"):
      let cast = try CastFile(file: file, bytes: bytes, idleLimit: idleLimit)
      return CastPictures.replay(of: cast, name: name)
    default:
      throw InputError(
        file: file, line: 1, column: 1,
        "no recording: a .frames file begins with '\(FramesFile.magic)', a .cast file with '{'; "
          + "scenarios and traces are for `visualizer play`")
    }
  }
}
