internal import CRename
import Foundation

/// A file under way that has no name yet, so that nothing is left of it however the program ends.
///
/// Where the file system knows no such files, as FAT and NFS do not, it has a name beside the one that
/// it shall get, and is removed where that is possible: not after SIGKILL.
struct UnfinishedFile: ~Copyable {
  let descriptor: Int32
  private let path: String
  /// Its name for the time being; nil for none.
  private var temporary: String?

  /// Linux's O_TMPFILE, whose definition is not imported.
  private static let nameless = 0o20_000_000 | O_DIRECTORY

  /// Opens a file that shall get a path; `isNamed` gives it a name from the start, whatever the file
  /// system knows.
  init(for path: String, isNamed: Bool = false) throws(OutputError) {
    self.path = path
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let file = isNamed ? -1 : open(folder, O_WRONLY | O_CLOEXEC | Self.nameless, 0o644)
    if file >= 0, access(Self.handle(file), F_OK) == 0 {
      descriptor = file
      return
    }
    if file >= 0 { close(file) }
    let name = Self.temporaryName(path)
    descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw OutputError(path, refused: Bilingual("cannot be created", "无法创建"))
    }
    temporary = name
    Interruption.setUnfinished(name)
  }

  deinit {
    close(descriptor)
    guard let temporary else { return }
    unlink(temporary)
    Interruption.setUnfinished(nil)
  }

  /// Gives the file its name; false where another has it, which is replaced with `overwrite`.
  mutating func publish(overwrite: Bool) throws(OutputError) -> Bool {
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw OutputError(path, refused: .writing)
    }
    if temporary == nil {
      if link(as: path) { return true }
      guard errno == EEXIST else { throw OutputError(path, refused: .naming) }
      guard overwrite else { return false }
      // A name can be taken over by rename only, and only from a name.
      let name = Self.temporaryName(path)
      guard link(as: name) else { throw OutputError(path, refused: .naming) }
      temporary = name
      Interruption.setUnfinished(name)
    }
    guard let name = temporary, overwrite ? replace(from: name) : move(from: name) else {
      if errno == EEXIST, !overwrite { return false }
      throw OutputError(path, refused: .naming)
    }
    temporary = nil
    Interruption.setUnfinished(nil)
    return true
  }

  /// Gives a name to the file that has none.
  private func link(as name: String) -> Bool {
    linkat(AT_FDCWD, Self.handle(descriptor), AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
  }

  /// Takes over the final name, whoever has it.
  private func replace(from name: String) -> Bool {
    // What replaces a file may be read by whom the file could be read.
    var status = stat()
    if stat(path, &status) == 0 { fchmod(descriptor, status.st_mode & 0o777) }
    return rename(name, path) == 0
  }

  /// Takes over the final name if it is free; else `errno` is EEXIST.
  private func move(from name: String) -> Bool {
    if rename_to_free_name(name, path) == 0 { return true }
    // Over a network one cannot rename with such a wish, but link.
    guard errno == EINVAL || errno == ENOSYS else { return false }
    if Foundation.link(name, path) == 0 {
      unlink(name)
      return true
    }
    // Neither is known, as by FAT in user space: nothing is left but to look first.
    guard errno != EEXIST, access(path, F_OK) != 0 else {
      errno = EEXIST
      return false
    }
    return rename(name, path) == 0
  }

  private static func handle(_ descriptor: Int32) -> String { "/proc/self/fd/\(descriptor)" }

  /// A name that no other process uses; what stands under it was left by one that is no more.
  private static func temporaryName(_ path: String) -> String {
    let name = path + ".part-\(getpid())"
    unlink(name)
    return name
  }
}
