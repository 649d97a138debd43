import Foundation

/// A place that could not be written; a viewer who names one is told why in either language.
struct OutputError: Error, CustomStringConvertible {
  var path: String
  var message: Bilingual

  init(_ path: String, _ message: Bilingual) {
    (self.path, self.message) = (path, message)
  }

  /// What the system has just refused, and why.
  init(_ path: String, refused what: Bilingual) {
    let number = errno
    self.init(
      path,
      Bilingual(
        "\(what.en): \(String(cString: strerror(number)))", "\(what.zh)：\(Self.reason(number))"))
  }

  /// As the command line says it.
  var description: String { "\(path): error: \(message.en)" }

  /// The C library's own words are English wherever no translation is installed.
  private static func reason(_ number: Int32) -> String {
    switch number {
    case EACCES, EPERM: "权限不足"
    case ENOENT: "目录不存在"
    case ENOTDIR: "路径中有一部分不是目录"
    case EISDIR: "这是一个目录"
    case EROFS: "文件系统只读"
    case ENOSPC: "磁盘空间已满"
    case EDQUOT: "超出磁盘配额"
    case EFBIG: "文件太大"
    case ENAMETOOLONG: "文件名太长"
    case ELOOP: "符号链接层数太多"
    case EIO: "输入输出错误"
    default: "系统错误 \(number)"
    }
  }
}

extension Bilingual {
  static let writing = Bilingual("cannot be written", "无法写入")
  static let naming = Bilingual("cannot be put in place", "无法放到这个名字下")
}
