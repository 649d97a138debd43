internal import Glibc
import Testing

/// The walls inside of the program which no compiler holds.
@Suite struct ImportTests {
  @Test func onlyTheTerminalImportsCurses() throws {
    let sources = "\(#filePath)".split(separator: "/").dropLast(3).map(String.init)
    let root = "/" + (sources + ["Sources"]).joined(separator: "/")
    let importers = try swiftFiles(in: root).filter { path in
      try text(of: path).split(separator: "\n").contains { $0.hasSuffix("import CNcurses") }
    }
    #expect(!importers.isEmpty)
    #expect(importers.allSatisfy { $0.contains("/Visualizer/Terminal/") }, "\(importers)")
  }

  private func swiftFiles(in folder: String) throws -> [String] {
    let directory = try #require(opendir(folder))
    defer { closedir(directory) }
    var files: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      let path = "\(folder)/\(name)"
      if name.hasSuffix(".swift") {
        files.append(path)
      } else if !name.hasPrefix("."), Int32(entry.pointee.d_type) == Int32(DT_DIR) {
        files += try swiftFiles(in: path)
      }
    }
    return files
  }

  private func text(of path: String) throws -> String {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}
